//! What is told, and that it is no more than that.

use enumset::EnumSet;
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::happening::names;
use super::*;
use crate::domain::claim::Claim;
use crate::domain::id::{ReceiptId, RightsRequestId};
use crate::domain::message::Message;
use crate::domain::rights::Right;
use crate::domain::strategies::config;
use crate::domain::token::Sid;

fn receipt() -> ReceiptId {
    ReceiptId::new(Uuid::from_u128(7))
}

fn claims() -> impl Strategy<Value = EnumSet<Claim>> {
    any::<u32>().prop_map(|bits| {
        let all = EnumSet::<Claim>::all().as_u32();
        EnumSet::from_u32_truncated(bits & all)
    })
}

fn happening() -> impl Strategy<Value = Happening> {
    let receipt_id = receipt();
    (claims(), claims(), any::<u32>(), 0..13).prop_map(move |(claims, other, at, which)| {
        let delete_by = Timestamp::from_seconds(i64::from(at));
        let duty_id = (at % 3 > 0).then(|| DutyId::new(Uuid::from_u128(8)));
        match which {
            0 => Happening::ConsentWithdrawn {
                receipt_id,
                claims,
                delete_by,
                duty_id,
            },
            1 => Happening::RetentionExpired {
                receipt_id,
                claims,
                delete_by,
                duty_id,
            },
            2 => Happening::ConsentChanged {
                receipt_id,
                change: match (other.is_empty(), at % 2) {
                    (false, _) => Change::Narrowed,
                    (true, 0) => Change::Widened,
                    (true, _) => Change::Renewed,
                },
                claims,
                dropped: other - claims,
                duty: duty_id.map(|duty_id| Due { duty_id, delete_by }),
            },
            3 => Happening::ProcessingRestricted {
                receipt_id,
                restricted: at % 2 == 0,
            },
            6 => Happening::DataSubjectRequest {
                request_id: RightsRequestId::new(Uuid::from_u128(6)),
                right: Right::ALL[(at % 5) as usize],
                claims,
                due: delete_by,
            },
            7 => Happening::ProcessingObjected {
                request_id: RightsRequestId::new(Uuid::from_u128(6)),
                claims,
                due: delete_by,
            },
            4 => Happening::SessionRevoked { sid: None },
            9 => Happening::AccountPurged,
            5 => Happening::SessionRevoked {
                sid: Some(Sid::from_bytes(&[5; 32])),
            },
            8 => Happening::CredentialChange {
                credential: [
                    CredentialType::Password,
                    CredentialType::App,
                    CredentialType::Passkey,
                    CredentialType::RecoveryCodes,
                ][(at % 4) as usize],
                change: [
                    CredentialChange::Create,
                    CredentialChange::Update,
                    CredentialChange::Delete,
                ][(at % 3) as usize],
            },
            10 => Happening::RecoveryActivated,
            11 => Happening::RecoveryInformationChanged,
            _ => Happening::ProfileChanged {
                claims: claims | Claim::Name,
            },
        }
    })
}

fn signal(news: News) -> Signal {
    Signal {
        stream_id: StreamId::new(Uuid::from_u128(1)),
        txn: TransactionId::new(Uuid::from_u128(2)),
        news,
    }
}

fn about_somebody(what: Happening, by: Initiator) -> Signal {
    signal(News::Of(Occurrence {
        grant_id: GrantId::new(Uuid::from_u128(3)),
        subject: Subject::from_random([4; 16]),
        by,
        what,
    }))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_signal_fits_the_published_schema_and_waits_without_change(
        what in happening(),
        by in prop_oneof![
            Just(Initiator::User), Just(Initiator::Admin),
            Just(Initiator::Policy), Just(Initiator::System),
        ],
    ) {
        let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
        let schema = jsonschema::draft202012::new(&schema).expect("the schema is a schema");
        let kind = what.event_type();
        let signal = about_somebody(what, by);
        let at = Timestamp::from_seconds(1_790_000_000);
        let events = signal.events(at);
        prop_assert_eq!(events.keys().collect::<Vec<_>>(), [kind.as_str()]);
        let event = &events[kind.as_str()];
        for never in ["subject", "sub", "exp", "sub_id"] {
            prop_assert_eq!(event.get(never), None);
        }
        if [EventType::RecoveryActivated, EventType::RecoveryInformationChanged].contains(&kind) {
            prop_assert_eq!(event, &json!({}));
        } else {
            prop_assert_eq!(&event["event_timestamp"], &json!(1_790_000_000));
        }
        // Those of CAEP and RISC have schemas of their own.
        if kind.as_str().starts_with("https://schemas.sluis.example/") {
            let events = Value::Object(events.clone());
            prop_assert!(schema.is_valid(&events), "{}", events);
        }
        let message = Message::Signal(signal);
        let body = serde_json::to_string(&message).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Message>(&body).ok(), Some(message));
    }
}

#[test]
fn the_schema_knows_every_kind_of_ours_and_every_claim() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let mut kinds: Vec<&str> = EventType::all()
        .iter()
        .map(EventType::as_str)
        .filter(|uri| uri.starts_with("https://schemas.sluis.example/"))
        .collect();
    kinds.sort_unstable();
    let properties = schema["properties"].as_object().expect("properties");
    let mut published: Vec<&str> = properties.keys().map(String::as_str).collect();
    published.sort_unstable();
    assert_eq!(published, kinds);
    assert_eq!(
        schema["$defs"]["claims"]["items"]["enum"],
        json!(names(EnumSet::all()))
    );
    for kind in EventType::all() {
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
    assert_eq!("urn:else".parse::<EventType>(), Err(UnknownEventType));
}

#[test]
fn whom_it_is_about_is_the_clients_own_subject_and_nothing_else() {
    let issuer = "https://sluis.example";
    let person = json!({"format": "iss_sub", "iss": issuer, "sub": Subject::from_random([4; 16])});
    let restricted = Happening::ProcessingRestricted {
        receipt_id: receipt(),
        restricted: true,
    };
    for what in [restricted, Happening::SessionRevoked { sid: None }] {
        assert_eq!(about_somebody(what, Initiator::User).sub_id(issuer), person);
    }
    let sid = Sid::from_bytes(&[5; 32]);
    let one = Happening::SessionRevoked {
        sid: Some(sid.clone()),
    };
    assert_eq!(
        about_somebody(one, Initiator::User).sub_id(issuer),
        json!({"format": "complex", "user": person, "session": {"format": "opaque", "id": sid}})
    );
    let verification = signal(News::Verification { state: None });
    assert_eq!(
        verification.sub_id(issuer),
        json!({"format": "opaque", "id": "00000000-0000-0000-0000-000000000001"})
    );
    assert_eq!(verification.lane(), STREAM_LANE);
}

#[test]
fn a_stream_that_is_disabled_tells_that_and_nothing_else() {
    let updated = signal(News::StreamUpdated {
        status: Status::Disabled,
        reason: None,
    });
    let verification = signal(News::Verification { state: None });
    let person = about_somebody(Happening::SessionRevoked { sid: None }, Initiator::User);
    for (signal, told) in [(updated, true), (verification, false), (person, false)] {
        assert_eq!(signal.is_told_when(Status::Disabled), told);
        assert!(signal.is_told_when(Status::Enabled) && signal.is_told_when(Status::Paused));
    }
}

#[test]
fn what_is_told_of_a_credential_is_its_kind_and_nothing_of_the_person() {
    let what = Happening::CredentialChange {
        credential: CredentialType::Passkey,
        change: CredentialChange::Create,
    };
    let events = about_somebody(what, Initiator::User).events(Timestamp::from_seconds(7));
    let event = &events[EventType::CredentialChange.as_str()];
    let members: Vec<&str> = event
        .as_object()
        .expect("members")
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        members,
        [
            "credential_type",
            "change_type",
            "event_timestamp",
            "initiating_entity",
            "reason_user"
        ]
    );
    assert_eq!(event["credential_type"], "passkey");
    assert_eq!(event["change_type"], "create");
}
