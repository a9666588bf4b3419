//! A dump of the whole database shows none of the consumer's values and none
//! of the secrets.

use std::collections::HashSet;
use std::process::Command;
use std::slice::from_ref;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sluis::random::Random;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};

use super::journey::{self, EMAIL, values};
use crate::harness::{Engine, TestApp};
use crate::postgres;

/// One value of one column of one row.
pub(crate) struct Cell {
    pub(crate) place: String,
    pub(crate) bytes: Vec<u8>,
}

/// Every value of every column of every table.
pub(crate) async fn cells(app: &TestApp, engine: Engine) -> Vec<Cell> {
    let url = app.app.config().database_url.expose().to_owned();
    let mut cells = Vec::new();
    match engine {
        Engine::Sqlite => {
            let mut database = SqliteConnection::connect(&url).await.expect("it opens");
            let columns = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c \
                           WHERE m.type = 'table'";
            let columns = sqlx::query(columns).fetch_all(&mut database).await;
            for row in columns.expect("columns") {
                let (table, column): (String, String) = (row.get(0), row.get(1));
                let text = format!(
                    "SELECT CAST(\"{column}\" AS BLOB) FROM \"{table}\" WHERE \"{column}\" IS NOT NULL"
                );
                let rows = sqlx::query(AssertSqlSafe(text))
                    .fetch_all(&mut database)
                    .await;
                cells.extend(rows.expect("rows").iter().map(|row| Cell {
                    place: format!("{table}.{column}"),
                    bytes: row.get(0),
                }));
            }
        }
        Engine::Postgres => {
            let mut database = PgConnection::connect(&url).await.expect("it answers");
            let columns = "SELECT table_name::text, column_name::text, data_type::text \
                           FROM information_schema.columns WHERE table_schema = 'public'";
            let columns = sqlx::query(columns).fetch_all(&mut database).await;
            for row in columns.expect("columns") {
                let (table, column, kind): (String, String, String) =
                    (row.get(0), row.get(1), row.get(2));
                let value = if kind == "bytea" {
                    format!("\"{column}\"")
                } else {
                    format!("convert_to(\"{column}\"::text, 'UTF8')")
                };
                let text =
                    format!("SELECT {value} FROM \"{table}\" WHERE \"{column}\" IS NOT NULL");
                let rows = sqlx::query(AssertSqlSafe(text))
                    .fetch_all(&mut database)
                    .await;
                cells.extend(rows.expect("rows").iter().map(|row| Cell {
                    place: format!("{table}.{column}"),
                    bytes: row.get(0),
                }));
            }
        }
    }
    cells
}

/// What lies on a disk or a backup: the database's own files, or `pg_dump`'s.
fn files(app: &TestApp, engine: Engine) -> Vec<Cell> {
    match engine {
        Engine::Sqlite => ["sluis.db", "sluis.db-wal", "sluis.db-shm"]
            .into_iter()
            .map(|name| Cell {
                place: name.to_owned(),
                bytes: std::fs::read(app.folder().join(name)).expect("a file"),
            })
            .collect(),
        Engine::Postgres => {
            let dump = Command::new(postgres::binaries().join("pg_dump"))
                .arg(app.app.config().database_url.expose())
                .output()
                .expect("pg_dump");
            assert!(
                dump.status.success(),
                "{}",
                String::from_utf8_lossy(&dump.stderr)
            );
            vec![Cell {
                place: "pg_dump".to_owned(),
                bytes: dump.stdout,
            }]
        }
    }
}

/// A cell and what is folded up in it: the parts of a JWS are base64url.
fn unfolded(cell: &Cell) -> Vec<u8> {
    let mut all = cell.bytes.clone();
    let in_alphabet = |b: &u8| b.is_ascii_alphanumeric() || *b == b'-' || *b == b'_';
    for part in cell
        .bytes
        .split(|b| !in_alphabet(b))
        .filter(|part| part.len() > 20)
    {
        if let Ok(decoded) = URL_SAFE_NO_PAD.decode(part) {
            all.push(b'\n');
            all.extend(decoded);
        }
    }
    all
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every spelling in which a text could lie about. Bytes are searched in lower
/// case, so that all others fold into these.
fn spellings(text: &str) -> Vec<Vec<u8>> {
    let lower = text.to_lowercase();
    let bare: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    let utf16: Vec<u8> = lower.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let json = serde_json::to_string(&lower).expect("JSON");
    let plain = [
        text,
        &lower,
        &text.to_uppercase(),
        &bare,
        &bare.to_uppercase(),
    ];
    let hex = plain.map(|text| hex(text.as_bytes()).into_bytes());
    let json = json.trim_matches('"').to_owned().into_bytes();
    let mut all = vec![lower.into_bytes(), bare.into_bytes(), json, utf16];
    all.extend(hex);
    all
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else {
        return false;
    };
    let mut rest = haystack;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        if rest[at..].starts_with(needle) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

/// Where a text lies about in the clear.
pub(super) fn found(cells: &[Cell], text: &str) -> Vec<String> {
    let spellings = spellings(text);
    let shown = cells.iter().filter(|cell| {
        let haystack = unfolded(cell).to_ascii_lowercase();
        spellings
            .iter()
            .any(|spelling| contains(&haystack, spelling))
    });
    shown.map(|cell| cell.place.clone()).collect()
}

/// The first 32-byte block of chance that lies about in the clear.
fn chance_found(cells: &[Cell]) -> Option<(u64, String)> {
    let windows: Vec<HashSet<&[u8]>> = cells
        .iter()
        .map(|cell| cell.bytes.windows(32).collect())
        .collect();
    (0..20_000).find_map(|count| {
        let block = block(count);
        let at = windows.iter().position(|all| all.contains(&block[..]))?;
        Some((count, cells[at].place.clone()))
    })
}

const SEED: u64 = 0x51_0e_55;

/// What a seeded [`Random`] gives: every key and every secret is 32 bytes of it.
fn block(count: u64) -> Vec<u8> {
    let input = [SEED.to_be_bytes(), count.to_be_bytes()].concat();
    digest::digest(&digest::SHA256, &input).as_ref().to_vec()
}

/// What stands in the record of a read.
pub(super) const READ: [&str; 4] = ["claims", "purposes", "nickname", "deliver"];

async fn a_dump_shows_nothing(engine: Engine) {
    assert_eq!(Random::seeded(SEED).bytes::<32>().to_vec(), block(0));
    let app = TestApp::start_with(engine, Random::seeded(SEED)).await;
    let mut actor = app.person("Xanthippe Quist-Oosterwold", EMAIL).await;
    let traces = journey::travel(&app, &mut actor).await;
    let mut dump = cells(&app, engine).await;
    dump.extend(files(&app, engine));
    for filled in [
        "vaults.contents_sealed",
        "grants.released_sealed",
        "reads.read_sealed",
        "receipts.jws",
        "codes.hash",
        "access_tokens.hash",
        "refresh_tokens.hash",
        "authorization_requests.request_sealed",
        "sessions.hash",
        "keyholders.verifier",
        "sign_in_failures.email_index",
        "subjects.subject",
    ] {
        assert!(
            dump.iter().any(|cell| cell.place == filled),
            "{filled} is empty"
        );
    }
    for value in values() {
        assert_eq!(found(&dump, &value), [""; 0], "{value:?}");
    }
    // Nor what was read, and for which purpose.
    let reads = dump.iter().filter(|cell| cell.place == "reads.read_sealed");
    for cell in reads {
        for word in READ {
            assert_eq!(found(from_ref(cell), word), [""; 0], "{word:?}");
        }
    }
    for secret in &traces.secrets {
        assert_eq!(found(&dump, secret), [""; 0], "{secret:?}");
    }
    let master = std::fs::read_to_string(app.folder().join("keys/master.key")).expect("a key");
    assert_eq!(found(&dump, master.trim()), [""; 0], "the master key");
    assert_eq!(chance_found(&dump), None, "a key or secret");

    // That the search can find something: what is there for all to see, in
    // whatever spelling, and inside a receipt.
    for shown in ["shop bv", "SHOP.EXAMPLE", "dpv:DeliveryOfGoods"] {
        assert_ne!(found(&dump, shown), [""; 0], "{shown:?}");
    }
    assert!(found(&dump, "consent-receipt+jwt").contains(&"receipts.jws".to_owned()));
    let planted = |bytes: Vec<u8>| {
        [Cell {
            place: "planted".to_owned(),
            bytes,
        }]
    };
    for bytes in [
        b"iban: nl91abna0417164300".to_vec(),
        hex(b"NL91ABNA0417164300").into_bytes(),
        format!(
            "x.{}.y",
            URL_SAFE_NO_PAD.encode("{\"iban\":\"NL91ABNA0417164300\"}")
        )
        .into_bytes(),
    ] {
        assert_eq!(
            found(&planted(bytes), "NL91 ABNA 0417 1643 00"),
            ["planted"]
        );
    }
    let key = [b"before".to_vec(), block(17), b"after".to_vec()].concat();
    assert_eq!(
        chance_found(&planted(key)),
        Some((17, "planted".to_owned()))
    );
}

#[tokio::test]
async fn a_dump_of_the_database_shows_no_value_and_no_secret_on_sqlite() {
    a_dump_shows_nothing(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_dump_of_the_database_shows_no_value_and_no_secret_on_postgresql() {
    a_dump_shows_nothing(Engine::Postgres).await;
}
