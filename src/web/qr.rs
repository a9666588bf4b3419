//! Pictures that phones read.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// The light border that readers need (ISO/IEC 18004 §6.3.8).
const QUIET: usize = 4;

/// The text as an SVG element, to stand in a page; `None` when it is too long
/// for a picture. Dark on light also in a dark page: many readers want that.
#[must_use]
pub fn svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let side = width + 2 * QUIET;
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (at % width + QUIET, at / width + QUIET);
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    Some(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {side} {side}\" aria-hidden=\"true\" focusable=\"false\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_holds_nothing_of_the_text_as_it_was_typed() {
        let picture = svg("<script>\"&'").expect("a picture");
        assert!(picture.starts_with("<svg class=\"qr\"") && picture.ends_with("</svg>"));
        assert!(!picture.contains("script"));
        assert_eq!(svg("a"), svg("a"));
        assert!(svg(&"x".repeat(5_000)).is_none());
    }
}
