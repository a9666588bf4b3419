//! What somebody else's file may cost, and what an export may weigh.

use std::net::SocketAddr;

use futures_util::future::select_all;
use serde_json::{Value, json};
use sluis::domain::id::ImportId;
use sluis::domain::import::MAX_FILE;
use sluis::store::{StoreError, imports};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::export::{customer, exported};
use super::import::{elsewhere, hand_in, take_over, text};
use crate::harness::{Actor, Engine, HOUR, Page, SANNE, SECOND, TestApp, id_of, on_both_databases};

on_both_databases! {
    keys_that_are_larger_than_any_are_not_kept,
    lists_open_no_more_than_they_tell,
    providers_that_do_not_answer_hold_nobody_up,
    an_export_that_grows_too_large_leaves_out_the_oldest_reads_alone,
    a_document_that_nobody_reads_holds_up_its_owner_alone,
    a_file_that_does_not_come_holds_up_its_owner_alone,
    files_that_do_not_come_hold_up_their_network_alone,
}

async fn keys_that_are_larger_than_any_are_not_kept(app: TestApp) {
    let mut sanne = customer(&app).await;
    let file = exported(&mut sanne).await;
    let zeros = json!(vec![0; 100_000]);
    for jwks in [
        json!({"keys": [], "x": zeros}),
        json!({"keys": [{"kty": "RSA", "x5c": zeros}]}),
        json!({"keys": vec![json!({"kty": "RSA", "n": "A".repeat(2_000)}); 200]}),
    ] {
        let mut large = file.clone();
        large["jwks"] = jwks;
        let page = hand_in(&mut sanne, &text(&large)).await;
        assert_eq!(page.status, 422, "{}", page.words());
        page.says("larger than any that we read");
    }
    let mut large = file.clone();
    large["attributes"][0]["value"] = zeros;
    let page = hand_in(&mut sanne, &text(&large)).await;
    page.says("larger than any that we read");
}

async fn lists_open_no_more_than_they_tell(app: TestApp) {
    let mut sanne = customer(&app).await;
    let file = exported(&mut sanne).await;
    let preview = hand_in(&mut sanne, &text(&file)).await;
    let id: ImportId = id_of(&preview.path).parse().expect("an id");
    let account_id = {
        let mut connection = app.app.store().read().await.expect("a database");
        let found = imports::left_behind(&mut connection, app.app.now().plus(HOUR), 9).await;
        found.expect("a read")[0].0
    };
    // It is taken over, and what it says of itself does not open.
    let now = app.app.now();
    let kept = app
        .app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                let broken = vec![0; 64];
                Ok::<_, StoreError>(imports::keep(tx, account_id, id, broken, now).await?)
            })
        })
        .await;
    assert!(kept.expect("a write"));
    let page = sanne.get("/account/data").await;
    page.says("http://localhost:8000");
    let preview = hand_in(&mut sanne, &text(&file)).await;
    preview.says("These records came along before.");
    let archive = format!("/account/data/archive/{id}");
    assert_eq!(sanne.get(&archive).await.status, 500, "that alone opens it");
}

/// So many requests with all that a business can answer: some 16 KiB each.
fn requests(file: &Value, count: usize) -> Value {
    let answer = json!({"outcome": "done", "at": "2026-09-21T14:13:20Z",
        "text": "x".repeat(2_000)});
    let request = json!({"request_id": "0198f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f",
        "number": 1, "grant_id": file["grants"][0]["grant_id"], "right": "access",
        "claims": ["email"], "state": "answered", "opened_at": "2026-09-20T14:13:20Z",
        "due": "2026-10-20T23:59:59Z", "answered_at": "2026-09-21T14:13:20Z",
        "answers": vec![answer; 8]});
    json!(vec![request; count])
}

/// What an archive has at least.
pub(super) fn archive(file: &Value, provider: &str) -> Value {
    json!({"provider": provider, "exported_at": file["exported_at"],
        "imported_at": file["exported_at"], "account": file["account"], "attributes": [],
        "grants": [], "reads": [], "reads_complete": true, "duties": [], "requests": [],
        "flaws": [], "jwks": {"keys": []}})
}

async fn an_export_that_grows_too_large_leaves_out_the_oldest_reads_alone(app: TestApp) {
    let mut sanne = customer(&app).await;
    let file = exported(&mut sanne).await;
    assert_eq!(file["reads_complete"], true);
    // More reads than there will be room for, which come before all that is no read.
    let mut read_often = file.clone();
    let read = file["reads"][0].clone();
    read_often["reads"] = json!(vec![read; 30_000]);
    let preview = hand_in(&mut sanne, &text(&read_often)).await;
    take_over(&mut sanne, &preview).await;
    app.wait(60 * SECOND);
    let mut large = file.clone();
    large["requests"] = requests(&file, 1_800);
    let mut earlier = archive(&file, "https://earlier.example");
    earlier["reads"] = file["reads"].clone();
    large["archives"] = json!([earlier]);
    let preview = hand_in(&mut sanne, &text(&large)).await;
    take_over(&mut sanne, &preview).await;
    let page = sanne.get("/account/data/export.json").await;
    let size = page.html.len();
    assert!(
        (29 << 20..MAX_FILE).contains(&size),
        "{size}: others can take it"
    );
    let after: Value = serde_json::from_str(&page.html).expect("JSON");
    super::export::holds_to_its_schema(&mut sanne, &after).await;
    // Of the room that all else leaves, those at earlier providers have half.
    let often = &after["archives"][0];
    let kept = often["reads"].as_array().map_or(0, Vec::len);
    assert!((1..30_000).contains(&kept), "{kept}");
    assert_eq!(often["reads_complete"], false);
    let (last, earlier) = (&after["archives"][1], &after["archives"][2]);
    assert_eq!(last["requests"].as_array().map(Vec::len), Some(1_800));
    for cut in [last, earlier] {
        assert_eq!(
            (&cut["reads"], &cut["reads_complete"]),
            (&json!([]), &json!(false))
        );
    }
    assert_eq!(
        (&after["reads"], &after["reads_complete"]),
        (&file["reads"], &json!(true))
    );
    assert_eq!(
        after["grants"], file["grants"],
        "all that was agreed is there"
    );
}

async fn a_document_that_nobody_reads_holds_up_its_owner_alone(app: TestApp) {
    let mut sanne = customer(&app).await;
    let mut bram = app.person("Bram", "bram@example.com").await;
    let mut file = exported(&mut sanne).await;
    file["requests"] = requests(&file, 40);
    let preview = hand_in(&mut sanne, &text(&file)).await;
    take_over(&mut sanne, &preview).await;
    let unread = sanne.begin_to_read("/account/data/export.json").await;
    assert_eq!(unread.status(), 200);
    let page = sanne.get("/account/data/export.json").await;
    assert_eq!(page.status, 503, "one is enough");
    assert_eq!(page.error().as_deref(), Some("busy"));
    assert_eq!(page.headers["retry-after"], "60");
    page.says("Try again in a minute.");
    exported(&mut bram).await;
    drop(unread);
    exported(&mut sanne).await;
}

async fn a_file_that_does_not_come_holds_up_its_owner_alone(app: TestApp) {
    let mut sanne = app.person("Sanne", SANNE).await;
    let mut bram = app.person("Bram", "bram@example.com").await;
    let file = text(&exported(&mut sanne).await);
    let slow = sanne.clone();
    let slow = tokio::spawn(async move { slow.begin_to_send("/account/data/import").await });
    // It has its turn once another has to wait.
    let mut page = hand_in(&mut sanne, &file).await;
    for _ in 0..20 {
        if page.status == 200 {
            page = hand_in(&mut sanne, &file).await;
        }
    }
    assert_eq!(
        (page.status.as_u16(), page.error().as_deref()),
        (503, Some("busy"))
    );
    assert_eq!(page.headers["retry-after"], "60");
    hand_in(&mut bram, &file)
        .await
        .says("This would come along");
    slow.abort();
    assert!(slow.await.is_err(), "it was cut off");
    hand_in(&mut sanne, &file)
        .await
        .says("This would come along");
}

async fn files_that_do_not_come_hold_up_their_network_alone(app: TestApp) {
    // Turns are those of the process, in which the other database is tried as well.
    let number = 1 + u8::from(app.engine() == Engine::Sqlite);
    let network = |last| SocketAddr::from(([198, 51, number, last], 9));
    let mut sanne = app.person("Sanne", SANNE).await;
    let mut bram = app.person("Bram", "bram@example.com").await;
    let file = text(&exported(&mut sanne).await);
    let mut slow = Vec::new();
    for name in ["eve", "mallory"] {
        let mut actor = app.person(name, &format!("{name}@example.com")).await;
        actor.peer = Some(network(1));
        slow.push(tokio::spawn(async move {
            actor.begin_to_send("/account/data/import").await
        }));
    }
    sanne.peer = Some(network(1));
    let mut page = hand_in(&mut sanne, &file).await;
    for _ in 0..20 {
        if page.status == 200 {
            page = hand_in(&mut sanne, &file).await;
        }
    }
    assert_eq!(page.error().as_deref(), Some("busy"), "{}", page.words());
    bram.peer = Some(network(2));
    let page = hand_in(&mut bram, &file).await;
    page.says("This would come along");
    for one in slow {
        one.abort();
        assert!(one.await.is_err(), "it was cut off");
    }
}

/// Servers that take every call and never say anything.
async fn silent() -> Vec<(TcpListener, SocketAddr)> {
    let mut all = Vec::new();
    for _ in 0..8 {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        all.push((listener, address));
    }
    all
}

/// Somebody whose file names silent providers, one of which has been called by now.
struct Waiting {
    handing_in: JoinHandle<(Actor, Page)>,
    _called: TcpStream,
    _silent: Vec<(TcpListener, SocketAddr)>,
}

impl Waiting {
    async fn begin(mut actor: Actor, file: &Value) -> Self {
        // The kernel answers for them that it has heard, and nobody ever speaks.
        let silent = silent().await;
        let mut file = file.clone();
        let archives = silent
            .iter()
            .map(|(_, at)| archive(&file, &format!("http://{at}")));
        file["archives"] = archives.collect();
        let handing_in = tokio::spawn(async move {
            let preview = hand_in(&mut actor, &text(&file)).await;
            (actor, preview)
        });
        let calls = silent.iter().map(|(one, _)| Box::pin(one.accept()));
        let (call, ..) = select_all(calls).await;
        Self {
            handing_in,
            _called: call.expect("a call").0,
            _silent: silent,
        }
    }

    /// Nobody has said anything, and it comes along all the same.
    async fn end(self) {
        let (mut actor, preview) = self.handing_in.await.expect("a preview");
        preview.says("This would come along");
        take_over(&mut actor, &preview).await;
        let after = exported(&mut actor).await;
        assert_eq!(after["archives"].as_array().map(Vec::len), Some(9));
    }
}

async fn providers_that_do_not_answer_hold_nobody_up(app: TestApp) {
    let mut sanne = customer(&app).await;
    let file = exported(&mut sanne).await;
    let other = elsewhere(&app).await;
    // Where a machine is slower than our patience with them, it shows nothing.
    for round in 0..5 {
        let person = async |name: &str| {
            let email = format!("{name}-{round}@example.com");
            other.person(name, &email).await
        };
        let (ada, eve, mut bram) = (
            person("ada").await,
            person("eve").await,
            person("bram").await,
        );
        // As many as files are read at a time.
        let waiting = [
            Waiting::begin(ada, &file).await,
            Waiting::begin(eve, &file).await,
        ];
        let preview = hand_in(&mut bram, &text(&file)).await;
        preview.says("This would come along");
        take_over(&mut bram, &preview).await;
        let still = waiting.iter().all(|one| !one.handing_in.is_finished());
        for one in waiting {
            one.end().await;
        }
        if still {
            return;
        }
    }
    panic!("whoever names others has to wait for them");
}
