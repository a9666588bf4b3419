//! Logos of clients: pictures that somebody else made, shown to people beside a
//! question about their data.

use imagesize::ImageType;

use super::receipt::Hash;
use super::word::words;

mod still;

/// The most bytes of one: a page shows many of them.
pub const MAX_BYTES: usize = 256 * 1024;
/// The most pixels of a side: a few bytes may say that they are a picture that
/// fills the memory of a telephone.
pub const MAX_SIDE: usize = 1_024;

/// What a logo may be. Not SVG: that is a document, which may hold script and
/// lead elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureType {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
}

impl PictureType {
    /// Every type.
    pub const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Gif, Self::WebP];
    /// All of them, to ask for.
    pub const ACCEPT: &'static str = "image/png, image/jpeg, image/gif, image/webp";

    /// Its media type.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }
}

words! { NotALogo: PictureType }

/// A picture that may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What it is.
    pub media_type: PictureType,
    /// It.
    pub bytes: Vec<u8>,
}

impl Picture {
    /// Takes what somebody sent, whatever they call it: what it is, how large, and
    /// whether it is whole and stands still, its own bytes say.
    pub fn read(bytes: Vec<u8>) -> Result<Self, NotALogo> {
        let media_type = match imagesize::image_type(&bytes) {
            Ok(ImageType::Png) => PictureType::Png,
            Ok(ImageType::Jpeg) => PictureType::Jpeg,
            Ok(ImageType::Gif) => PictureType::Gif,
            Ok(ImageType::Webp) => PictureType::WebP,
            _ => return Err(NotALogo),
        };
        let size = imagesize::blob_size(&bytes).map_err(|_| NotALogo)?;
        let fits = |side| (1..=MAX_SIDE).contains(&side);
        let fits = bytes.len() <= MAX_BYTES && fits(size.width) && fits(size.height);
        if fits && still::is_still(media_type, &bytes) {
            Ok(Self { media_type, bytes })
        } else {
            Err(NotALogo)
        }
    }

    /// The hash of its bytes.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&self.bytes)
    }
}

/// What came is no picture that may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "it is no PNG, JPEG, GIF or WebP of at most {MAX_SIDE} by {MAX_SIDE} pixels that is whole and \
     stands still (SVG is not shown)"
)]
pub struct NotALogo;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::strategies::config;
    use super::*;

    const IEND: &[u8] = b"\0\0\0\0IEND\xaeB`\x82";

    /// The least of a PNG that says how large it is, and ends.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let start = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice();
        let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
        [start, &size, &[0; 9], IEND].concat()
    }

    fn jpeg(side: u16) -> Vec<u8> {
        let start = b"\xff\xd8\xff\xe0\0\x04xx\xff\xc0\0\x0b\x08".as_slice();
        let side = side.to_be_bytes();
        [start, &side, &side, b"\xff\xd9"].concat()
    }

    const FRAME: &[u8] = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";

    fn gif(side: u16) -> Vec<u8> {
        let side = side.to_le_bytes();
        [b"GIF89a".as_slice(), &side, &side, b"\0\0\0", FRAME, b";"].concat()
    }

    fn riff(chunks: &[u8]) -> Vec<u8> {
        let size = u32::try_from(chunks.len() + 4).expect("small");
        [b"RIFF".as_slice(), &size.to_le_bytes(), b"WEBP", chunks].concat()
    }

    fn webp_of(flags: u8, side: u32, chunk: &[u8]) -> Vec<u8> {
        let side = &(side - 1).to_le_bytes()[..3];
        let head = [b"VP8X\x0a\0\0\0".as_slice(), &[flags, 0, 0, 0], side, side].concat();
        riff(&[head, chunk.to_vec()].concat())
    }

    fn webp(side: u32) -> Vec<u8> {
        webp_of(0, side, b"VP8L\x01\0\0\0\x2f\0")
    }

    #[test]
    fn what_moves_is_refused() {
        let two = [&gif(9)[..gif(9).len() - 1], FRAME, b";"].concat();
        let said = [b"\0\0\0\x08acTL".as_slice(), &[0; 12], IEND].concat();
        let png = [&png(9, 9)[..png(9, 9).len() - IEND.len()], &said].concat();
        let flagged = webp_of(2, 9, b"VP8L\x01\0\0\0\x2f\0");
        let framed = webp_of(0, 9, b"ANMF\x01\0\0\0\x2f\0VP8L\x01\0\0\0\x2f\0");
        for bytes in [two, png, flagged, framed] {
            assert_eq!(Picture::read(bytes.clone()), Err(NotALogo), "{bytes:?}");
        }
    }

    #[test]
    fn what_breaks_off_is_refused() {
        for whole in [png(9, 9), jpeg(9), gif(9), webp(9)] {
            assert!(Picture::read(whole.clone()).is_ok(), "{whole:?}");
            for cut in 1..whole.len() {
                let cut = whole[..cut].to_vec();
                assert_eq!(Picture::read(cut.clone()), Err(NotALogo), "{cut:?}");
            }
        }
    }

    #[test]
    fn what_it_is_its_bytes_say() {
        for (bytes, media_type) in [
            (png(1, 1_024), "image/png"),
            (jpeg(1_024), "image/jpeg"),
            (gif(1_024), "image/gif"),
            (webp(1_024), "image/webp"),
        ] {
            let read = Picture::read(bytes.clone()).expect("a picture");
            assert_eq!((read.media_type.as_str(), read.bytes), (media_type, bytes));
            assert_eq!(media_type.parse(), Ok(read.media_type));
            assert!(PictureType::ACCEPT.contains(media_type));
        }
    }

    #[test]
    fn what_is_none_or_too_large_is_refused() {
        for bytes in [
            png(0, 1),
            png(1, 1_025),
            jpeg(1_025),
            gif(1_025),
            webp(1_025),
            [png(9, 9), vec![0; MAX_BYTES]].concat(),
            png(1, 1)[..20].to_vec(),
            b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>".to_vec(),
            b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
            b"<!doctype html><script>alert(1)</script>".to_vec(),
            b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0".to_vec(),
            Vec::new(),
        ] {
            assert_eq!(Picture::read(bytes.clone()), Err(NotALogo), "{bytes:?}");
        }
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn any_bytes_are_read_to_an_end(start in 0_usize..5, rest: Vec<u8>) {
            let starts = [&b""[..], b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF\0\0\0\0WEBPVP8"];
            let bytes = [starts[start], &rest].concat();
            if let Ok(picture) = Picture::read(bytes.clone()) {
                prop_assert_eq!(picture.bytes, bytes);
            }
        }
    }
}
