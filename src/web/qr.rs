//! Pictures that a camera reads.

use qrcode::QrCode;
use qrcode::render::svg;

/// A QR picture of a text, as SVG to put in a page; `None` when the text is too
/// long for one.
#[must_use]
pub fn svg(text: &str) -> Option<String> {
    let code = QrCode::new(text).ok()?;
    // Dark on light whatever the page's colours are: that is what cameras read.
    let picture = code
        .render()
        .min_dimensions(200, 200)
        .dark_color(svg::Color("#000000"))
        .light_color(svg::Color("#ffffff"))
        .build();
    // Within HTML there is no XML declaration.
    let start = picture.find("<svg")?;
    picture.get(start..).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::svg;

    #[test]
    fn a_picture_is_svg_without_a_declaration() {
        let picture = svg("7K2M-9XQW").expect("a picture");
        assert!(picture.starts_with("<svg") && picture.ends_with("</svg>"));
        assert!(!picture.contains("style=") && !picture.contains("<script"));
        assert!(svg(&"x".repeat(4_000)).is_none());
    }
}
