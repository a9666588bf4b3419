//! Whether a picture is whole, and stands still. What moves beside a question draws the
//! eye away from it, and nobody could stop it (WCAG 2.2 §2.2.2).

use super::PictureType;

/// Whether it has one frame, and its end.
pub(super) fn is_still(media_type: PictureType, bytes: &[u8]) -> bool {
    let read = match media_type {
        PictureType::Png => png(bytes),
        PictureType::Jpeg => jpeg(bytes),
        PictureType::Gif => gif(bytes),
        PictureType::WebP => webp(bytes),
    };
    read.is_some()
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(count)?;
    *rest = left;
    Some(taken)
}

fn byte(rest: &mut &[u8]) -> Option<u8> {
    take(rest, 1)?.first().copied()
}

/// PNG §5.3: chunks, of which the last is `IEND`; `acTL` says that it moves (§11.3.6).
fn png(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.get(8..)?;
    loop {
        let length = u32::from_be_bytes(take(&mut rest, 4)?.try_into().ok()?);
        let kind = take(&mut rest, 4)?;
        take(&mut rest, usize::try_from(length).ok()?)?;
        // Its checksum.
        take(&mut rest, 4)?;
        match kind {
            b"acTL" => return None,
            b"IEND" => return Some(()),
            _ => {}
        }
    }
}

/// Ends with EOI (ITU-T T.81 §B.2.1), which some pad.
fn jpeg(bytes: &[u8]) -> Option<()> {
    let last = bytes.iter().rposition(|byte| *byte != 0)?;
    bytes.get(..=last)?.ends_with(b"\xff\xd9").then_some(())
}

/// GIF 89a §17 to §27: blocks, of which one is an image, up to the trailer.
fn gif(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.get(6..)?;
    let screen = take(&mut rest, 7)?;
    take(&mut rest, table(*screen.get(4)?))?;
    let mut images = 0_u32;
    loop {
        match byte(&mut rest)? {
            // An extension, and its label.
            0x21 => {
                byte(&mut rest)?;
            }
            0x2c if images == 0 => {
                images += 1;
                let image = take(&mut rest, 9)?;
                take(&mut rest, table(*image.get(8)?))?;
                // The size of its codes.
                byte(&mut rest)?;
            }
            0x3b if images == 1 => return Some(()),
            _ => return None,
        }
        while let size @ 1.. = byte(&mut rest)? {
            take(&mut rest, size.into())?;
        }
    }
}

/// How many bytes a table of colours takes, by the flags that say so.
const fn table(flags: u8) -> usize {
    match flags & 0x80 {
        0 => 0,
        _ => 3 << ((flags & 0x07) + 1),
    }
}

/// RFC 9649 §2.4 to §2.7: chunks, of which one is an image; `ANMF` is a frame, and a
/// flag of `VP8X` says that there are some.
fn webp(bytes: &[u8]) -> Option<()> {
    let size = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?);
    let end = usize::try_from(size).ok()?.checked_add(8)?;
    let mut rest = bytes.get(12..end)?;
    let mut image = None;
    while !rest.is_empty() {
        let kind = take(&mut rest, 4)?;
        let size = u32::from_le_bytes(take(&mut rest, 4)?.try_into().ok()?);
        let size = usize::try_from(size).ok()?;
        let chunk = take(&mut rest, size)?;
        // An odd one is padded.
        take(&mut rest, size % 2)?;
        match kind {
            b"ANIM" | b"ANMF" => return None,
            b"VP8X" if chunk.first()? & 0x02 != 0 => return None,
            b"VP8 " | b"VP8L" => image = Some(()),
            _ => {}
        }
    }
    image
}
