//! Somebody who keeps acting, and remembers what was acknowledged.

use std::collections::BTreeMap;
use std::panic::resume_unwind;

use serde_json::Value;
use sluis::random::Random;

use super::weather::Weather;
use crate::harness::Actor;
use crate::protocol::{Business, SCOPES, last_receipt, press, text};

/// Shorter than anybody asks.
const A_WEEK: &str = "P7D";

/// What somebody does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Agree,
    LogIn,
    Pause,
    Resume,
    Narrow,
    Withdraw,
    Edit,
    Refresh,
    /// The business says that it deleted what it had.
    Confirm,
}

/// Something that was done; or perhaps was, until one sees how it stands: the
/// process died before it said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) event: &'static str,
    pub(super) certain: bool,
}

/// What somebody knows of one agreement.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// What was done to it, in order.
    pub(super) done: Vec<Done>,
    /// Edits of what it releases.
    pub(super) edits: usize,
    /// The newest tokens.
    pub(super) tokens: Option<Value>,
    paused: bool,
    narrow: bool,
}

impl Known {
    /// Whether what perhaps was done was done, now that one sees how it stands.
    fn settle(&mut self, found: &Found) {
        let Some(last) = self.done.last_mut().filter(|last| !last.certain) else {
            return;
        };
        last.certain = match (last.event, found) {
            ("withdrawn", found) => matches!(found, Found::Over { .. }),
            ("answered", Found::Over { answered }) => *answered,
            ("paused", Found::Living(stands)) => stands.paused,
            ("resumed", Found::Living(stands)) => !stands.paused,
            ("narrowed", Found::Living(stands)) => stands.narrow,
            _ => false,
        };
        if !last.certain {
            self.done.pop();
        }
    }
}

/// Somebody with a browser, who is a customer of one business.
pub(super) struct Person {
    pub(super) actor: Actor,
    pub(super) name: String,
    /// Each agreement, by the path of its page.
    pub(super) grants: BTreeMap<String, Known>,
    /// Agreements that perhaps were made, and were not seen since.
    pub(super) perhaps_agreed: usize,
    pub(super) acknowledged: usize,
    pub(super) unanswered: usize,
    live: Option<String>,
    /// The one that was just withdrawn, and of which nothing is confirmed.
    owed: Option<String>,
    shop: Business,
    random: Random,
}

impl Person {
    pub(super) fn new(actor: Actor, name: String, shop: Business, random: Random) -> Self {
        Self {
            actor,
            name,
            grants: BTreeMap::new(),
            perhaps_agreed: 0,
            acknowledged: 0,
            unanswered: 0,
            live: None,
            owed: None,
            shop,
            random,
        }
    }

    /// Whose customer it is.
    pub(super) fn shop(&self) -> Business {
        self.shop.clone()
    }

    /// Acts until it is over.
    pub(super) async fn live(mut self, weather: Weather) -> Self {
        while !weather.is_over() {
            let act = self.choose();
            self.try_to(act, &weather).await;
        }
        self
    }

    fn known(&mut self) -> Option<&mut Known> {
        self.grants.get_mut(self.live.as_ref()?)
    }

    fn choose(&mut self) -> Act {
        let [die] = self.random.bytes();
        let owed = self.owed.is_some();
        let Some(known) = self.known() else {
            return if owed && die < 200 {
                Act::Confirm
            } else {
                Act::Agree
            };
        };
        if known.paused {
            return if die < 200 {
                Act::Resume
            } else {
                Act::Withdraw
            };
        }
        match die {
            0..60 => Act::Pause,
            60..120 => Act::Edit,
            120..180 if known.tokens.is_some() => Act::Refresh,
            180..200 if !known.narrow => Act::Narrow,
            200..225 => Act::Withdraw,
            _ => Act::LogIn,
        }
    }

    /// Acts once. Whoever gets no answer looks, once there is one, at what
    /// became of it.
    async fn try_to(&mut self, act: Act, weather: &Weather) {
        let before = weather.clear().await;
        // Never the same twice: an edit that changes nothing is told to nobody.
        let name = format!("Ada {:04x}", self.acknowledged + self.unanswered);
        let doing = perform(
            act,
            self.actor.clone(),
            self.shop.clone(),
            match act {
                Act::Confirm => self.owed.clone(),
                _ => self.live.clone(),
            },
            {
                let tokens = self.known().and_then(|known| known.tokens.clone());
                tokens.map(|tokens| text(&tokens, "refresh_token").to_owned())
            },
            name.clone(),
        );
        match tokio::spawn(doing).await {
            Ok((actor, told)) => {
                self.actor = actor;
                self.acknowledged += 1;
                self.note(act, true, told, name);
            }
            Err(broken) if weather.changed_since(before) => {
                drop(broken);
                self.unanswered += 1;
                if act != Act::Edit {
                    self.note(act, false, Told::default(), String::new());
                }
                // Only an edit fills in the name of this try.
                if act != Act::Refresh && self.look(weather).await == name {
                    self.note(Act::Edit, true, Told::default(), name);
                }
            }
            Err(broken) => resume_unwind(broken.into_panic()),
        }
    }

    fn note(&mut self, act: Act, certain: bool, told: Told, name: String) {
        if act == Act::Confirm {
            let over = self.owed.take();
            let known = over.and_then(|path| self.grants.get_mut(&path));
            let event = "answered";
            if let Some(known) = known.filter(|_| told.confirmed || !certain) {
                known.done.push(Done { event, certain });
            }
            return;
        }
        if act == Act::Agree {
            self.owed = None;
            match told.grant {
                Some(path) => {
                    let known = self.grants.entry(path.clone()).or_default();
                    known.done.push(Done {
                        event: "given",
                        certain,
                    });
                    known.tokens = told.tokens;
                    self.live = Some(path);
                }
                None => self.perhaps_agreed += 1,
            }
            return;
        }
        if act == Act::Edit {
            self.name = name;
        }
        let Some(known) = self.known() else {
            return;
        };
        if told.tokens.is_some() {
            known.tokens = told.tokens;
        }
        let event = match act {
            Act::Pause => "paused",
            Act::Resume => "resumed",
            Act::Narrow => "narrowed",
            Act::Withdraw => "withdrawn",
            Act::Edit => return known.edits += 1,
            Act::Agree | Act::LogIn | Act::Refresh | Act::Confirm => return,
        };
        known.done.push(Done { event, certain });
        if certain {
            known.paused = act == Act::Pause;
            known.narrow |= act == Act::Narrow;
            if act == Act::Withdraw {
                self.owed = self.live.take();
            }
        }
    }

    /// Looks at what there is, as often as it takes; the name that stands.
    async fn look(&mut self, weather: &Weather) -> String {
        loop {
            let before = weather.clear().await;
            match tokio::spawn(look(self.actor.clone())).await {
                Ok((name, found)) => {
                    self.live = None;
                    for (path, found) in found {
                        let is_new = !self.grants.contains_key(&path);
                        let known = self.grants.entry(path.clone()).or_default();
                        if is_new {
                            known.done.push(Done {
                                event: "given",
                                certain: true,
                            });
                            self.perhaps_agreed -= 1;
                        }
                        known.settle(&found);
                        let Found::Living(stands) = found else {
                            continue;
                        };
                        known.paused = stands.paused;
                        known.narrow |= stands.narrow;
                        self.live = Some(path);
                    }
                    return name;
                }
                Err(_) if weather.changed_since(before) => {}
                Err(broken) => resume_unwind(broken.into_panic()),
            }
        }
    }
}

/// What an act brought.
#[derive(Default)]
struct Told {
    grant: Option<String>,
    tokens: Option<Value>,
    confirmed: bool,
}

async fn perform(
    act: Act,
    mut actor: Actor,
    shop: Business,
    live: Option<String>,
    refresh_token: Option<String>,
    name: String,
) -> (Actor, Told) {
    let mut told = Told::default();
    let grant = live.unwrap_or_default();
    match act {
        Act::Agree | Act::LogIn => {
            told.tokens = Some(shop.log_in_for(&mut actor, "low", SCOPES).await);
            if act == Act::Agree {
                told.grant = Some(actor.newest_grant().await);
            }
        }
        Act::Pause => press(&mut actor, &grant, "pause").await,
        Act::Resume => press(&mut actor, &grant, "resume").await,
        Act::Withdraw => press(&mut actor, &grant, "withdraw").await,
        Act::Narrow => {
            let form = actor.get(&grant).await.form("/change");
            let page = actor.submit(form.with("retention", A_WEEK)).await;
            assert!(page.redirect().is_some(), "{}", page.words());
        }
        Act::Confirm => {
            let mut open = shop.duties("?state=open").await.into_iter();
            let duty = open.find(|duty| grant.ends_with(text(duty, "grant_id")));
            let duty = duty.expect("an agreement that is over leaves a duty");
            shop.confirm(text(&duty, "duty_id"), &Value::Null)
                .await
                .ok();
            told.confirmed = true;
        }
        Act::Edit => actor.fill_in("name", &[("value", &name)]).await,
        Act::Refresh => {
            let token = refresh_token.expect("only who has one refreshes");
            told.tokens = Some(shop.refresh(&token).await.ok());
        }
    }
    (actor, told)
}

/// How a live agreement stands.
struct Stands {
    paused: bool,
    narrow: bool,
}

/// What somebody finds of an agreement.
enum Found {
    Living(Stands),
    /// And whether the business says that it deleted what it had.
    Over {
        answered: bool,
    },
}

/// Somebody's name, and every agreement of theirs and how it stands.
async fn look(mut actor: Actor) -> (String, Vec<(String, Found)>) {
    let page = actor.get("/account/profiles/name").await;
    let name = page.form("attribute").value("value").map(str::to_owned);
    let page = actor.get("/account/businesses").await;
    assert_eq!(page.status, 200, "{}", page.words());
    let mut found = Vec::new();
    for path in agreements(&page.links()) {
        let page = actor.get(&path).await;
        assert_eq!(page.status, 200, "{}", page.words());
        let one = if page.has_form("/withdraw") {
            Found::Living(Stands {
                paused: page.has_form("/resume"),
                narrow: page.has_form("/change")
                    && page.form("/change").value("retention") == Some(A_WEEK),
            })
        } else {
            let receipt = last_receipt(&mut actor, &path).await;
            Found::Over {
                answered: receipt["event"]["kind"] == "answered",
            }
        };
        found.push((path, one));
    }
    (name.expect("a name is filled in"), found)
}

/// The pages of agreements among some links, each once.
pub(super) fn agreements(links: &[String]) -> Vec<String> {
    let mut paths: Vec<String> = links
        .iter()
        .filter(|link| link.starts_with("/account/businesses/"))
        .cloned()
        .collect();
    paths.sort();
    paths.dedup();
    paths
}
