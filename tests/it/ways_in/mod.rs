//! The ways into an account: passkeys, second factors, and showing again who
//! one is; and those who try to get in by them.

mod attacks;
mod confirm;
mod factors;
mod guessing;
mod known;
mod late;
mod limits;
mod meanwhile;
mod passkeys;
mod passwords;
mod sign_up;

use std::time::Duration;

use totp_rs::{Algorithm, Builder, Secret};

use crate::harness::{ADA, Actor, PASSWORD, Page, TestApp};
use crate::life::told_by_mail as subjects;

pub(crate) use sign_up::sign_up as sign_up_with_passkey;

/// What a passkey gives this site.
const SECRET: [u8; 32] = [7; 32];
/// After this, a code of an app is another one.
pub(crate) const NEXT_CODE: Duration = Duration::from_secs(30);

/// The app on somebody's phone.
pub(crate) struct Phone(Vec<u8>);

impl Phone {
    /// Types over what a page shows.
    fn reading(page: &Page) -> Self {
        let typed = page.text_of("totp-secret").replace(' ', "");
        let secret = Secret::try_from_base32(typed).expect("base 32");
        Self(secret.as_ref().to_vec())
    }

    pub(crate) fn code(&self, app: &TestApp) -> String {
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(30)
            .with_secret(self.0.clone())
            .build_noncompliant();
        let seconds = u64::try_from(app.app.now().as_seconds()).expect("after 1970");
        totp.generate(seconds).to_string()
    }
}

/// Sets up an app, beside whatever there is.
pub(crate) async fn add_app(app: &TestApp, actor: &mut Actor) -> (Phone, Page) {
    let page = actor.visit("/account/security/totp").await;
    let phone = Phone::reading(&page);
    let form = page.form("totp-confirm").with("code", &phone.code(app));
    let page = actor.submit(form.press("totp-submit")).await;
    (phone, page)
}

/// Sets up an app; there are recovery codes with it.
pub(crate) async fn set_up_app(app: &TestApp, actor: &mut Actor) -> (Phone, Vec<String>) {
    let (phone, page) = add_app(app, actor).await;
    assert_eq!(page.status, 200, "{}", page.words());
    let codes = page.texts_in("recovery-codes");
    assert_eq!(codes.len(), 10);
    (phone, codes)
}

/// Signs in as far as the second step, and types a code there.
pub(crate) async fn sign_in_with_code(actor: &mut Actor, code: &str) -> Page {
    actor.leave().await;
    let page = actor.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/sign-in/second");
    type_code(actor, code).await
}

async fn type_code(actor: &mut Actor, code: &str) -> Page {
    let form = actor.get("/sign-in/second").await.form("second-code");
    actor
        .submit(form.with("code", code).press("second-submit"))
        .await
}
