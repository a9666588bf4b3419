use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;

fn outbound(allow: &str) -> Outbound {
    let allow = allow.parse().expect("networks");
    Outbound::new(allow, OutboundCa::default())
}

async fn server() -> MockServer {
    let server = MockServer::start().await;
    for (at, answer) in [
        ("/keys", ResponseTemplate::new(200).set_body_string("hello")),
        (
            "/away",
            ResponseTemplate::new(302).insert_header("location", "/keys"),
        ),
        ("/none", ResponseTemplate::new(404)),
        (
            "/slow",
            ResponseTemplate::new(200).set_delay(Duration::from_secs(30)),
        ),
    ] {
        let mock = Mock::given(path(at)).respond_with(answer);
        mock.mount(&server).await;
    }
    server
}

async fn get(outbound: &Outbound, url: &str) -> Result<Vec<u8>, FetchError> {
    let url = Url::parse(url).expect("a URL");
    outbound.get(&url, "text/plain", 5).await
}

#[tokio::test]
async fn a_private_address_is_fetched_from_only_if_it_was_allowed() {
    let server = server().await;
    let port = server.address().port();
    let urls = [
        format!("http://127.0.0.1:{port}/keys"),
        format!("http://localhost:{port}/keys"),
        format!("http://2130706433:{port}/keys"),
        format!("http://0x7f.1:{port}/keys"),
        format!("http://[::ffff:127.0.0.1]:{port}/keys"),
    ];
    let strict = outbound("");
    for url in &urls {
        assert_eq!(get(&strict, url).await, Err(FetchError::Forbidden), "{url}");
    }
    assert!(server.received_requests().await.expect("a list").is_empty());
    let allowing = outbound("127.0.0.0/8");
    for url in &urls[..4] {
        assert_eq!(get(&allowing, url).await, Ok(b"hello".to_vec()), "{url}");
    }
    let elsewhere = outbound("10.0.0.0/8");
    for url in &urls {
        let fetched = get(&elsewhere, url).await;
        assert_eq!(fetched, Err(FetchError::Forbidden), "{url}");
    }
}

#[tokio::test]
async fn without_tls_nothing_is_fetched_but_from_this_machine() {
    let all = outbound("0.0.0.0/0,::/0");
    for url in [
        "http://10.0.0.1/keys",
        "http://shop.example/keys",
        "ftp://localhost/keys",
        "file:///etc/passwd",
    ] {
        assert_eq!(get(&all, url).await, Err(FetchError::Forbidden), "{url}");
    }
}

#[tokio::test]
async fn redirects_errors_and_large_documents_are_refused() {
    let server = server().await;
    let allowing = outbound("127.0.0.0/8");
    let at = |path: &str| Url::parse(&format!("{}{path}", server.uri())).expect("a URL");
    for (path, most, why) in [
        ("/away", 5, FetchError::Status(302)),
        ("/none", 5, FetchError::Status(404)),
        ("/keys", 4, FetchError::TooLarge),
    ] {
        let fetched = allowing.get(&at(path), "text/plain", most).await;
        assert_eq!(fetched, Err(why), "{path}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_not_waited_for_long() {
    let server = server().await;
    let url = format!("{}/slow", server.uri());
    let fetched = get(&outbound("127.0.0.0/8"), &url).await;
    assert_eq!(fetched, Err(FetchError::Unreachable));
}

#[tokio::test]
async fn only_so_much_is_fetched_at_a_time() {
    let allowing = outbound("127.0.0.0/8");
    let slots = u32::try_from(MOST_AT_ONCE).expect("a small number");
    let all = allowing.0.slots.acquire_many(slots).await.expect("slots");
    let fetched = get(&allowing, "http://127.0.0.1:1/keys").await;
    assert_eq!(fetched, Err(FetchError::Busy));
    // Look-ups of other providers neither wait for those, nor hold them up.
    let url = Url::parse("http://127.0.0.1:1/keys").expect("a URL");
    let fetched = allowing.look_up(&url, "text/plain", 100).await;
    assert_eq!(fetched, Err(FetchError::Unreachable), "nobody is there");
    drop(all);
    let slots = u32::try_from(MOST_LOOK_UPS).expect("a small number");
    let _all = allowing
        .0
        .look_ups
        .acquire_many(slots)
        .await
        .expect("slots");
    let fetched = allowing.look_up(&url, "text/plain", 100).await;
    assert_eq!(fetched, Err(FetchError::Busy));
    let fetched = get(&allowing, url.as_str()).await;
    assert_eq!(fetched, Err(FetchError::Unreachable));
}
