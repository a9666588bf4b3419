//! Chromium, driven over WebDriver: Debian's `chromium` and `chromium-driver`.
//!
//! A [`Browser`] has a fresh profile, meets no network but this machine, and
//! counts the clicks that a person would make.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use serde_json::json;
use thirtyfour::common::capabilities::desiredcapabilities::Capabilities;
use thirtyfour::extensions::query::ElementPollerWithTimeout;
use thirtyfour::prelude::*;

const MISSING: &str = "Chromium or its driver is missing: run tests/run, which installs them, \
     or: apt-get install chromium chromium-driver";

/// How long a page may take before the test gives up on it.
const PATIENCE: Duration = Duration::from_secs(20);

/// The size of a window, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Screen {
    Phone,
    Desktop,
}

/// What the person prefers to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Light,
    Dark,
}

/// How a browser is set up.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    /// What it sends as `Accept-Language`.
    pub(crate) languages: &'static str,
    /// Whether pages may run scripts.
    pub(crate) script: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            languages: "en",
            script: true,
        }
    }
}

/// One person's browser.
pub(crate) struct Browser {
    /// Gone once it was closed.
    driver: Option<WebDriver>,
    clicks: AtomicU32,
    width: AtomicU32,
}

impl Browser {
    /// A browser that wants English and shows a desktop.
    pub(crate) async fn start() -> Self {
        Self::start_with(Setup::default()).await
    }

    pub(crate) async fn start_with(setup: Setup) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = Server::get();
        let profile = server
            .folder
            .join(format!("profile-{}", COUNT.fetch_add(1, Ordering::Relaxed)));
        // The machine's proxy, if it has one, has no business here.
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_mins(2))
            .build()
            .expect("an HTTP client");
        let driver = WebDriver::builder(&server.url, capabilities(&setup, &profile))
            .client(client)
            .poller(Arc::new(ElementPollerWithTimeout::new(
                PATIENCE,
                Duration::from_millis(20),
            )))
            .connect()
            .await
            .expect("chromedriver starts Chromium");
        let browser = Self {
            driver: Some(driver),
            clicks: AtomicU32::new(0),
            width: AtomicU32::new(0),
        };
        browser.show_on(Screen::Desktop).await;
        browser
    }

    /// Everything else that WebDriver can do.
    pub(crate) fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("it is open")
    }

    pub(crate) async fn open(&self, url: &str) {
        self.driver()
            .goto(url)
            .await
            .unwrap_or_else(|error| panic!("{url} does not open: {error}"));
    }

    pub(crate) async fn url(&self) -> String {
        self.driver().current_url().await.expect("a page").into()
    }

    /// The element with this id, once it is there.
    pub(crate) async fn element(&self, id: &str) -> WebElement {
        match self.driver().query(By::Id(id)).first().await {
            Ok(element) => element,
            Err(error) => panic!("no #{id} at {}: {error}", self.url().await),
        }
    }

    /// Whether the page, as it stands, has an element with this id.
    pub(crate) async fn has(&self, id: &str) -> bool {
        let found = self.driver().find_all(By::Id(id)).await;
        !found.expect("a page").is_empty()
    }

    pub(crate) async fn text(&self, id: &str) -> String {
        self.element(id).await.text().await.expect("a text")
    }

    /// What the page shows, all of it.
    pub(crate) async fn page_text(&self) -> String {
        let body = self.driver().query(By::Tag("body")).first().await;
        body.expect("a body").text().await.expect("a text")
    }

    /// Types into an input, in place of what is there.
    pub(crate) async fn fill(&self, id: &str, text: &str) {
        let input = self.element(id).await;
        input.clear().await.expect("an input");
        input.send_keys(text).await.expect("an input");
    }

    /// Chooses an option of a select by its value. It counts as one click.
    pub(crate) async fn choose(&self, id: &str, value: &str) {
        let option = format!("#{id} option[value='{value}']");
        let option = self.driver().query(By::Css(option)).first().await;
        self.press(option.unwrap_or_else(|error| panic!("no {value} in #{id}: {error}")))
            .await;
    }

    /// Clicks on what stays on the page: a box, a switch.
    pub(crate) async fn click(&self, id: &str) {
        self.press(self.element(id).await).await;
    }

    /// Clicks on what leads to another page, and waits until it is there.
    pub(crate) async fn follow(&self, id: &str) {
        self.follow_element(self.element(id).await).await;
    }

    /// [`follow`](Self::follow), for what has no id of its own.
    pub(crate) async fn follow_css(&self, selector: &str) {
        let element = self.driver().query(By::Css(selector)).first().await;
        self.follow_element(element.unwrap_or_else(|error| panic!("no {selector}: {error}")))
            .await;
    }

    /// [`follow`](Self::follow), for a link that people know by its words.
    pub(crate) async fn follow_link(&self, words: &str) {
        let link = self.driver().query(By::LinkText(words)).first().await;
        self.follow_element(link.unwrap_or_else(|error| panic!("no link {words}: {error}")))
            .await;
    }

    async fn follow_element(&self, element: WebElement) {
        let page = self.driver().find(By::Tag("html")).await.expect("a page");
        self.press(element).await;
        let left = page.wait_until().stale().await;
        left.unwrap_or_else(|error| panic!("the page stays after the click: {error}"));
        self.settle().await;
    }

    /// Until nothing of the page moves any more: a click that is aimed while the
    /// rest of it arrives can miss.
    pub(crate) async fn settle(&self) {
        let loading = async {
            let ask = "return document.readyState";
            while self
                .driver()
                .execute(ask, Vec::new())
                .await
                .is_ok_and(|state| state.json() != "complete")
            {}
        };
        tokio::time::timeout(PATIENCE, loading)
            .await
            .expect("the page loads");
    }

    async fn press(&self, element: WebElement) {
        element.scroll_into_view().await.expect("on the page");
        element
            .click()
            .await
            .unwrap_or_else(|error| panic!("it cannot be clicked: {error}"));
        self.clicks.fetch_add(1, Ordering::Relaxed);
    }

    /// How often a person would have clicked so far.
    pub(crate) fn clicks(&self) -> u32 {
        self.clicks.load(Ordering::Relaxed)
    }

    pub(crate) async fn show_on(&self, screen: Screen) {
        let (width, height) = match screen {
            Screen::Phone => (390, 844),
            Screen::Desktop => (1280, 800),
        };
        self.width.store(width, Ordering::Relaxed);
        self.command(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1,
                    "mobile": screen == Screen::Phone }),
        )
        .await;
    }

    /// A window of this size, for someone whose browser has letters of this size
    /// (16 in most).
    pub(crate) async fn fit(&self, width: u32, height: u32, letters: u32) {
        self.width.store(width, Ordering::Relaxed);
        self.command(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        )
        .await;
        self.command(
            "Page.setFontSizes",
            json!({ "fontSizes": { "standard": letters, "fixed": letters * 13 / 16 } }),
        )
        .await;
    }

    pub(crate) async fn prefer(&self, scheme: Scheme) {
        let value = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        self.command(
            "Emulation.setEmulatedMedia",
            // Without motion: a picture shows what a page comes to, not how.
            json!({ "features": [
                { "name": "prefers-color-scheme", "value": value },
                { "name": "prefers-reduced-motion", "value": "reduce" },
            ] }),
        )
        .await;
    }

    /// Shows the page as it would be on paper.
    pub(crate) async fn print(&self) {
        let media = json!({ "media": "print" });
        self.command("Emulation.setEmulatedMedia", media).await;
    }

    /// A picture of the whole page, as `target/screenshots/{name}.png`.
    pub(crate) async fn screenshot(&self, name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(format!("{name}.png"));
        let picture = self
            .command(
                "Page.captureScreenshot",
                json!({ "captureBeyondViewport": true }),
            )
            .await;
        let picture = picture["data"].as_str().expect("a picture").to_owned();
        let picture = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, picture);
        std::fs::write(&path, picture.expect("base64")).expect("a writable folder");
        path
    }

    /// Whether the page is wider than its window: nobody wants to scroll sideways.
    pub(crate) async fn overflows(&self) -> bool {
        let metrics = self.command("Page.getLayoutMetrics", json!({})).await;
        let content = metrics["cssContentSize"]["width"].as_f64();
        // On a phone the layout grows with the content: the screen is what counts.
        content.expect("a width") > f64::from(self.width.load(Ordering::Relaxed))
    }

    async fn command(&self, method: &str, parameters: serde_json::Value) -> serde_json::Value {
        self.driver()
            .cdp()
            .send_raw(method, parameters)
            .await
            .unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Closes it.
    pub(crate) async fn quit(mut self) {
        let driver = self.driver.take().expect("it is open");
        driver.quit().await.expect("it closes");
    }
}

impl Drop for Browser {
    /// After a failed test the browser stays until the end of the run: closing
    /// it takes an executor, which is not to be had while this one unwinds.
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            let _ = driver.leak();
        }
    }
}

fn capabilities(setup: &Setup, profile: &Path) -> Capabilities {
    let mut wanted = DesiredCapabilities::chrome();
    let profile = format!("--user-data-dir={}", profile.display());
    let arguments = [
        "--headless=new",
        // Chromium's sandbox refuses root, and containers refuse the sandbox.
        "--no-sandbox",
        // Containers have a /dev/shm of 64 MB.
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-proxy-server",
        // No name leads away from this machine, and test names lead to it.
        "--host-resolver-rules=MAP *.test 127.0.0.1,MAP * ~NOTFOUND,\
         EXCLUDE localhost,EXCLUDE 127.0.0.1",
        &profile,
    ];
    for argument in arguments {
        wanted.add_arg(argument).expect("a list of arguments");
    }
    let scripts = if setup.script { 1 } else { 2 };
    let preferences = json!({
        "intl.accept_languages": setup.languages,
        "profile.managed_default_content_settings.javascript": scripts,
    });
    wanted
        .add_experimental_option("prefs", preferences)
        .expect("an option");
    wanted.into()
}

/// The one chromedriver of this run.
struct Server {
    url: String,
    folder: PathBuf,
    /// Its open standard input is what keeps it alive.
    _child: Mutex<Child>,
}

impl Server {
    fn get() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(Self::start)
    }

    fn start() -> Self {
        for program in ["/usr/bin/chromium", "/usr/bin/chromedriver"] {
            assert!(Path::new(program).exists(), "{MISSING}");
        }
        let folder = std::env::temp_dir().join(format!("sluis-browser-{}", std::process::id()));
        let mut child = Command::new("setsid")
            .args([
                "bash",
                concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/chromedriver.sh"),
            ])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("setsid and bash");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut told = String::new();
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            told.push_str(&line);
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let port = port.unwrap_or_else(|| panic!("chromedriver does not start: {told}"));
        // What it says later must go somewhere, or it stops on a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            url: format!("http://127.0.0.1:{port}"),
            folder,
            _child: Mutex::new(child),
        }
    }
}
