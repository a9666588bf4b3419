//! Documents of other providers: what is read is within its limits, and nothing
//! of it passes for verified here.

use sluis::domain::attribute::{Source, VaultContents};
use sluis::domain::import::{ImportFile, Stand, compare};

use super::parties::NOW;

pub(super) fn judge(input: &str) -> bool {
    let file = match ImportFile::read(input.as_bytes(), NOW) {
        Ok(file) => file,
        Err(bad) => {
            assert!(!bad.to_string().is_empty());
            return false;
        }
    };
    assert!(!file.archives.is_empty());
    for (_, held) in file.contents.attributes.iter() {
        assert_eq!((held.source, held.verified_at), (Source::Import, None));
        assert!(held.confirmed_at <= NOW);
    }
    let own = VaultContents::default();
    for (item, stand) in compare(&own, &file.contents, NOW) {
        assert_eq!(item.to_string().parse(), Ok(item));
        assert_ne!(
            stand,
            Stand::Differs,
            "an empty account has nothing to replace"
        );
    }
    let same = compare(&file.contents, &file.contents, NOW);
    assert!(same.iter().all(|(_, stand)| *stand == Stand::Same));
    true
}
