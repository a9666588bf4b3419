use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::attribute::Field;
use crate::domain::export::MOST_PURPOSES;
use crate::domain::permission::Permission;
use crate::domain::receipt::MAX_RECEIPT;
use crate::domain::strategies::{config, moment, profiles};

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

fn document() -> Value {
    json!({
        "format": FORMAT,
        "provider": "https://elsewhere.example",
        "exported_at": "2026-09-01T00:00:00Z",
        "account": {"created_at": "2026-01-01T00:00:00Z", "language": "nl",
            "contact_email": "anna@example.com"},
        "attributes": [
            {"claim": "name", "value": "Anna", "source": "consumer",
             "confirmed_at": "2026-02-01T00:00:00Z", "verified_at": "2026-02-01T00:00:00Z"},
            {"claim": "phone_number", "value": "nobody", "source": "operator",
             "confirmed_at": "2099-02-01T00:00:00Z"},
        ],
        "profiles": {"claims": {}, "permissions": {}, "retention": {}},
        "rules": {},
        "grants": [], "reads": [], "reads_complete": true, "duties": [],
        "jwks": {"keys": []},
    })
}

fn read(document: &Value) -> Result<ImportFile, BadImport> {
    ImportFile::read(document.to_string().as_bytes(), NOW)
}

#[test]
fn a_document_of_before_there_were_requests_is_read() {
    let file = read(&document()).unwrap_or_else(|bad| panic!("{bad}"));
    let held = file.contents.attributes.get(Claim::Name).expect("a name");
    assert_eq!((held.source, held.verified_at), (Source::Import, None));
    assert_eq!(held.confirmed_at.to_string(), "2026-02-01T00:00:00Z");
    assert_eq!(file.unusable, [Claim::PhoneNumber]);
    assert_eq!(file.archives.len(), 1);
    assert!(file.archives[0].attributes[0].verified_at.is_some());
}

#[test]
fn what_is_not_understood_to_the_last_member_is_refused() {
    let with = |name: &str, value: Value| {
        let mut other = document();
        other[name] = value;
        read(&other).err()
    };
    assert_eq!(
        with("mood", json!("good")),
        Some(BadImport::Newer { line: 1 })
    );
    let claim = json!([{"claim": "shoe_size", "value": "42", "source": "consumer",
        "confirmed_at": "2026-02-01T00:00:00Z"}]);
    assert_eq!(
        with("attributes", claim),
        Some(BadImport::Newer { line: 1 })
    );
    assert_eq!(
        with("format", json!("https://schemas.sluis.example/export/v9")),
        Some(BadImport::Newer { line: 0 })
    );
    assert_eq!(with("format", json!("other")), Some(BadImport::NotAnExport));
    let malformed = |bad| matches!(bad, Some(BadImport::Malformed { .. }));
    assert!(malformed(with("jwks", json!({}))));
    let far = json!("2026-09-22T00:00:00Z");
    assert_eq!(with("exported_at", far), Some(BadImport::Future));
    let long = json!("x".repeat(600));
    assert_eq!(with("provider", long), Some(BadImport::Text("provider")));
    let read = json!({"grant_id": "0198f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f", "claims": [],
        "at": "2026-08-01T00:00:00Z", "purposes": vec!["a"; MOST_PURPOSES + 1]});
    assert_eq!(
        with("reads", json!([read])),
        Some(BadImport::TooMany("parts of something"))
    );
}

/// What Sluis lets in, Sluis takes along, and another Sluis takes in.
#[test]
fn no_limit_is_tighter_than_that_of_its_source() {
    use crate::domain::{business, client, plan};
    assert!(MOST_ATTRIBUTES >= Claim::all().len());
    const {
        assert!(limits::MAX_NAME >= business::MAX_TEXT);
        assert!(limits::MAX_NAME >= client::MAX_NAME);
        assert!(limits::MAX_NAME >= plan::MAX_TITLE);
        assert!(limits::MAX_NAME >= Field::Value.max_length(Claim::Email));
        assert!(limits::MAX_CONTACT >= business::MAX_TEXT);
        assert!(limits::MAX_CONTACT >= client::MAX_CONTACT);
        // A business that came by itself is asked at its site.
        assert!(limits::MAX_CONTACT >= client::MAX_URI);
        assert!(limits::MAX_URI >= client::MAX_URI);
        assert!(MOST_PURPOSES >= plan::MAX_PURPOSES);
        // The time is extended once, and then there is an answer for good.
        assert!(limits::MOST_ANSWERS >= 2);
        assert!(MAX_RECEIPT < MAX_FILE);
        // Four bytes a character, and twice: an address is also written as one text.
        let longest = Field::StreetAddress.max_length(Claim::Address);
        assert!(bounded::MAX_VALUE >= 2 * 4 * 8 * longest);
        assert!(bounded::MAX_VALUE >= 4 * Field::Value.max_length(Claim::Preferences));
    }
}

fn grant(receipts: &[String]) -> Value {
    json!({
        "grant_id": "0198f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f", "client_id": "shop",
        "business": "Shop", "contact": "privacy@shop.example", "subject": "s-1",
        "state": "active", "tier": "low", "created_at": "2026-02-01T00:00:00Z",
        "updated_at": "2026-02-01T00:00:00Z", "withheld": [], "added": [],
        "offline": false, "purposes": [], "receipts": receipts,
    })
}

#[test]
fn what_is_larger_than_any_life_is_refused() {
    let with = |name: &str, value: Value| {
        let mut other = document();
        other[name] = value;
        read(&other).err()
    };
    let archive = json!({
        "provider": "https://before.example", "exported_at": "2026-08-01T00:00:00Z",
        "account": document()["account"], "attributes": [], "grants": [], "reads": [],
        "reads_complete": true, "duties": [], "requests": [], "jwks": {"keys": []}, "flaws": [],
    });
    let receipts = |count| grant(&vec!["a.b.c".to_owned(); count]);
    let long = |size| grant(&["x".repeat(size)]);
    let keys = |count| json!({"keys": vec![json!({"kty": "OKP"}); count]});
    for (name, most, beyond, what) in [
        (
            "grants",
            json!(vec![grant(&[]); 5_000]),
            json!(vec![grant(&[]); 5_001]),
            BadImport::TooMany("grants"),
        ),
        (
            "grants",
            json!([receipts(20_000)]),
            json!([receipts(20_001)]),
            // It is not even read: how it is counted, it is told.
            BadImport::TooMany("parts of something"),
        ),
        (
            "grants",
            json!([long(MAX_RECEIPT)]),
            json!([long(MAX_RECEIPT + 1)]),
            BadImport::Text("a receipt"),
        ),
        (
            "archives",
            json!(vec![archive.clone(); 32]),
            json!(vec![archive.clone(); 33]),
            BadImport::TooMany("parts of something"),
        ),
        ("jwks", keys(1_000), keys(1_001), BadImport::TooMany("keys")),
    ] {
        assert_eq!(with(name, most), None, "{what:?}");
        assert_eq!(with(name, beyond), Some(what));
    }
}

#[test]
fn what_has_no_room_is_not_read() {
    let with = |name: &str, value: Value| {
        let mut other = document();
        other[name] = value;
        read(&other).err()
    };
    let many = Some(BadImport::TooMany("parts of something"));
    let zeros = json!(vec![0; 10_000]);
    assert_eq!(with("jwks", json!({"keys": [{"x": zeros}]})), many);
    assert_eq!(
        with("jwks", json!({"keys": [{"x": "y".repeat(300_000)}]})),
        many
    );
    assert_eq!(with("jwks", json!({"keys": [], "x": zeros})), many);
    assert_eq!(
        with("jwks", json!({"keys": [], "x": 0})),
        Some(BadImport::Newer { line: 1 })
    );
    let held = json!([{"claim": "name", "value": zeros, "source": "consumer",
        "confirmed_at": "2026-02-01T00:00:00Z"}]);
    assert_eq!(with("attributes", held), many);
    let one = json!({"claim": "name", "value": "Anna", "source": "consumer",
        "confirmed_at": "2026-02-01T00:00:00Z"});
    let some = json!(vec![one; MOST_ATTRIBUTES + 1]);
    assert_eq!(with("attributes", some), many);
}

#[test]
fn short_texts_take_no_more_memory_than_long_ones() {
    // Three bytes each in the document, and ten times that in memory.
    let empty = grant(&vec![String::new(); 20_000]).to_string();
    let grants = vec![empty; MAX_TEXTS / 32 / 20_000 + 1].join(",");
    let lists = (r#""grants":[]"#, format!(r#""grants":[{grants}]"#));
    let large = document().to_string().replace(lists.0, &lists.1);
    assert!(large.len() < MAX_FILE / 2);
    let bad = ImportFile::read(large.as_bytes(), NOW).err();
    assert_eq!(bad, Some(BadImport::TooMany("parts of something")));
    assert!(
        read(&document()).is_ok(),
        "each document has room of its own"
    );
}

#[test]
fn the_providers_of_a_document_are_known_before_it_is_read() {
    let mut document = document();
    let other = json!({"provider": "https://before.example", "reads": [1, 2]});
    document["archives"] = json!([other, other, {"provider": "https://elsewhere.example"}]);
    let found = ImportFile::providers(document.to_string().as_bytes());
    assert_eq!(
        found,
        ["https://elsewhere.example", "https://before.example"]
    );
    assert!(ImportFile::providers(b"nonsense").is_empty());
}

#[test]
fn an_item_has_one_name() {
    for item in [
        Item::Attribute(Claim::Email),
        Item::Placement(Claim::Email),
        Item::Permission(Permission::ContactEmail),
        Item::Retention,
        Item::Rule(crate::domain::business::BusinessSector::Shop),
    ] {
        assert_eq!(item.to_string().parse(), Ok(item));
    }
    assert!("attribute-shoe_size".parse::<Item>().is_err());
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(ImportFile::read(&bytes, NOW).is_err());
    }

    #[test]
    fn what_is_the_same_on_both_sides_is_nothing_to_choose(
        mine in profiles(), theirs in profiles(), now in moment(),
    ) {
        let of = |profiles| VaultContents { profiles, ..VaultContents::default() };
        let (own, other) = (of(mine.clone()), of(theirs.clone()));
        prop_assert!(compare(&own, &own, now).iter().all(|(_, stand)| *stand == Stand::Same));
        for (item, stand) in compare(&own, &other, now) {
            if let Item::Placement(claim) = item {
                let same = mine.claim_placement(claim) == theirs.claim_placement(claim);
                prop_assert_eq!(stand == Stand::Same, same);
                // What its owner said is never taken for untouched.
                prop_assert!(stand != Stand::New || !mine.places_claim(claim));
            }
        }
    }
}
