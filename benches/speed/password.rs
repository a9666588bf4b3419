//! A password that is quick to hash.
//!
//! What is compared is a login without its hash. The hash costs a hundred times
//! what is left, so that taking it off would leave its noise: the people who
//! sign in get a recipe of 8 KiB and one pass, and what that costs is taken
//! off.

use std::sync::PoisonError;

use sluis::clock::Clock;
use sluis::crypto::master::MasterKey;
use sluis::crypto::password::{Hasher, Password, Recipe};
use sluis::crypto::seal::Sealed;
use sluis::crypto::vault;
use sluis::domain::attribute::Email;
use sluis::domain::id::AccountId;
use sluis::random::Random;
use sqlx::Row as _;

use crate::Outcome;
use crate::http::CALLERS;
use crate::instance::Instance;
use crate::measure::{Meter, Process};
use crate::sql::{Bare, Statement, Step, Value};

const QUICK: &str = "argon2id$v=19$m=8,t=1,p=1$c2x1aXMgYmVuY2htYXJrIQ";

fn recipe() -> Outcome<Recipe> {
    Ok(QUICK.parse()?)
}

/// Gives everybody who is called for the quick recipe, and lets them know the
/// browser that they sign in with. Only while nothing is served.
pub(crate) fn make_quick(instance: &Instance) -> Outcome<()> {
    let bare = Bare::open(&instance.database())?;
    let (master, random) = (MasterKey::load(&instance.keys())?, Random::system());
    let hasher = Hasher::new();
    let derive = |recipe| {
        let password = Password::parse(instance.password.clone());
        bare.runtime()
            .block_on(async { Outcome::Ok(hasher.derive(password?, recipe).await?) })
    };
    let quick = derive(recipe()?)?;
    // All of them were made with one recipe.
    let mut before = None;
    let mut updates = Vec::new();
    for person in instance.people.iter() {
        let person = person.lock().unwrap_or_else(PoisonError::into_inner);
        let email = Email::parse(&person.email).map_err(|_| "no address")?;
        let index = master.email_index(&email.folded()).as_bytes().to_vec();
        let row = bare.one(
            sqlx::query(
                "SELECT k.account_id, k.params, k.vault_key_wrapped FROM accounts a \
                 JOIN keyholders k ON k.account_id = a.id \
                 WHERE a.email_index = $1 AND k.kind = 'password'",
            )
            .bind(index),
        )?;
        let account: AccountId = row.try_get::<&str, _>(0)?.parse()?;
        let params: String = row.try_get(1)?;
        let derived = match &before {
            Some((known, derived)) if *known == params => derived,
            _ => {
                let derived = derive(params.parse()?)?;
                &before.insert((params, derived)).1
            }
        };
        let key =
            vault::open_with_password(&Sealed::from_bytes(row.try_get(2)?), account, derived)?;
        let wrapped = vault::wrap_for_password(&key, account, &quick, &random);
        updates.push(Statement::own(
            "UPDATE keyholders SET params = $1, verifier = $2, vault_key_wrapped = $3 \
             WHERE account_id = $4 AND kind = 'password'",
            vec![
                Value::Text(QUICK.to_owned()),
                Value::Blob(quick.verifier().to_vec()),
                Value::Blob(wrapped.into_bytes()),
                Value::Text(account.to_string()),
            ],
        ));
        updates.push(Statement::own(
            "INSERT INTO known_browsers (account_id, hash, created_at, used_at) \
             VALUES ($1, $2, $3, $3)",
            vec![
                Value::Text(account.to_string()),
                Value::Blob(instance.known_browser.hash_for(account.as_uuid()).to_vec()),
                Value::Int(Clock::system().now().as_micros()),
            ],
        ));
    }
    bare.run(vec![vec![Step::Write(updates)]])
}

/// What hashing by the quick recipe costs, as the server does it.
pub(crate) fn meter<'a>(bare: &'a Bare, password: &'a str) -> Outcome<Meter<'a>> {
    let hasher = Hasher::new();
    Meter::new("hash", move |times| {
        Process::OWN.spends(|| {
            bare.runtime().block_on(async {
                let callers: Vec<_> = (0..CALLERS)
                    .map(|_| {
                        let (hasher, password) = (hasher.clone(), password.to_owned());
                        tokio::spawn(async move {
                            for _ in 0..times.div_ceil(CALLERS) {
                                let password = Password::parse(password.clone())?;
                                hasher.derive(password, recipe()?).await?;
                            }
                            Outcome::Ok(())
                        })
                    })
                    .collect();
                for caller in callers {
                    caller.await??;
                }
                Ok(())
            })
        })
    })
}
