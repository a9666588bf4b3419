//! The pages on which people let a device in.

use super::{Sample, shell, shop, stranger};
use crate::domain::language::Language;
use crate::pages::device::{DeviceAnswer, DeviceConfirmPage, DeviceDonePage, DevicePage};

pub(super) fn all(language: Language) -> Vec<(&'static str, Box<dyn Sample>)> {
    let mut pages: Vec<(&'static str, Box<dyn Sample>)> = Vec::new();
    for (name, unknown) in [("device", false), ("device-unknown", true)] {
        let page = DevicePage {
            shell: stranger(language, "/device"),
            user_code: "WDJB-MJHT".to_owned(),
            unknown,
        };
        pages.push((name, Box::new(page)));
    }
    let confirm = DeviceConfirmPage {
        shell: stranger(language, "/device"),
        asker: shop(),
        user_code: "WDJB-MJHT".to_owned(),
    };
    pages.push(("device-confirm", Box::new(confirm)));
    for (name, answer) in [
        ("device-allowed", DeviceAnswer::Allowed),
        ("device-denied", DeviceAnswer::Denied),
        ("device-before", DeviceAnswer::Before),
    ] {
        let shell = shell(language, None, "/device/done");
        pages.push((name, Box::new(DeviceDonePage { shell, answer })));
    }
    pages
}
