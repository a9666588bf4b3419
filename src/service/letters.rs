//! What people are told by mail of their account, in their language.
//!
//! A letter is kept in the transaction of what it tells of (`posting`), and
//! written when it is sent. Only then its link is made: from the message and the
//! master key, so that the outbox holds none, and a mail which is sent twice has
//! the same one. To follow a link does nothing by itself, since programs that
//! look for dangers in mail follow them all: it leads to a page with a button.
//!
//! Whoever types an address into a form learns nothing by what the form does:
//! the message is kept for any address, and it is found out here whose it is.
//! An address belongs to whoever confirmed it ([`crate::service::addresses`]), and
//! nobody else's account is told of there.

mod claims;
mod erasure;
mod links;
mod posting;
mod way_back;
mod words;

use crate::app::App;
use crate::domain::account::LinkPurpose;
use crate::domain::attribute::Email;
use crate::domain::id::{AccountId, MessageId};
use crate::domain::language::Language;
use crate::domain::message::{About, Lane, Letter};
use crate::domain::time::Timestamp;
use crate::mail::{Mail, Unsent};
use crate::service::accounts::{self as people, Contact};
use crate::service::addresses::is_confirmed;
use crate::service::deliveries::Delivery;
use crate::service::erasure::is_erased;
use crate::service::{Fault, address_changes, bounces, recovery};
use crate::store::outbox::Claimed;
use crate::store::{StoreError, accounts, reach};

pub(super) use self::erasure::farewell;
pub use self::links::forget_past;
use self::links::{Issued, Room};
use self::posting::opened_text;
pub(super) use self::posting::{
    Posting, at_address, forgotten, guessed, hear, link_of, new_browser, to,
};

/// Tells somebody by mail.
pub(super) async fn tell(app: &App, claimed: &Claimed, letter: &Letter) -> Delivery {
    if let About::Farewell { last_sealed } = &letter.about {
        return erasure::tell(app, claimed, last_sealed).await;
    }
    match compose(app, claimed, letter).await {
        Ok(Composed::Mail(told, mail)) if told.about.goes_elsewhere() => {
            hand_over(app, &mail).await
        }
        Ok(Composed::Mail(told, mail)) => {
            let delivery = send(app, told.account_id, &mail).await;
            if let Some(claimant) = told.claimant {
                note(app, claimant, &delivery).await;
            }
            if let Some(id) = told.who_confirms()
                && let Err(error) = bounces::note_alike(app, id).await
            {
                tracing::error!(%error, "it cannot be noted that mail came back");
            }
            delivery
        }
        Ok(Composed::Later) => Delivery::NotNow("its mailbox was mailed a lot".to_owned()),
        Ok(Composed::Nothing) => Delivery::Moot,
        Err(fault) => {
            tracing::error!(error = %fault, "a mail cannot be written");
            Delivery::NotNow("the mail could not be written".to_owned())
        }
    }
}

/// Sends a mail, to whatever address.
async fn hand_over(app: &App, mail: &Mail) -> Delivery {
    match app.mailer().send(mail).await {
        Ok(()) => Delivery::Heard,
        Err(Unsent::Refused(why)) => Delivery::Refused(why),
        Err(Unsent::NotNow(why)) => Delivery::NotNow(why),
        Err(Unsent::Away(why)) => Delivery::Unheard(why),
    }
}

/// Sends a mail to the contact address of an account, and takes note when
/// nobody is there.
pub(super) async fn send(app: &App, account_id: AccountId, mail: &Mail) -> Delivery {
    let delivery = hand_over(app, mail).await;
    note(app, account_id, &delivery).await;
    delivery
}

/// Takes note of what a mail server says of the address of an account.
async fn note(app: &App, account_id: AccountId, delivery: &Delivery) {
    let noted = match delivery {
        Delivery::Heard => is_reached(app, account_id).await,
        Delivery::Refused(_) => is_not_reached(app, account_id).await,
        _ => Ok(()),
    };
    if let Err(error) = noted {
        tracing::error!(%error, "it cannot be noted whether an address is of use");
    }
}

/// Takes note that nobody is there.
async fn is_not_reached(app: &App, account_id: AccountId) -> Result<(), StoreError> {
    let now = app.now();
    app.store()
        .write_statement(move |tx| {
            Box::pin(async move { reach::set_unreachable(tx, account_id, now).await })
        })
        .await
}

/// Takes note that a mail got through where none did before. One SELECT.
async fn is_reached(app: &App, account_id: AccountId) -> Result<(), StoreError> {
    let mut connection = app.store().read().await?;
    let contact = accounts::contact(&mut connection, account_id).await?;
    drop(connection);
    if contact.is_none_or(|contact| contact.unreachable_at.is_none()) {
        return Ok(());
    }
    app.store()
        .write_statement(move |tx| {
            Box::pin(async move { reach::set_reachable(tx, account_id).await })
        })
        .await
}

/// The address that a letter carries along.
pub(super) fn address_of(app: &App, id: MessageId, sealed: &str) -> Result<String, Fault> {
    let bytes = opened_text(app, id, sealed)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What is told to whom, once it is known whose an address is.
struct Told {
    account_id: AccountId,
    /// Who merely says that the address is theirs, and is told nothing: what is
    /// known of the address is noted at theirs too, or they would learn by what is
    /// not that somebody has it.
    claimant: Option<AccountId>,
    made_at: Timestamp,
    to: Email,
    language: Language,
    about: About,
}

impl Told {
    /// Who is to confirm the address, be they told of it or somebody else who has it.
    fn who_confirms(&self) -> Option<AccountId> {
        let confirms = (self.about == About::Confirm).then_some(self.account_id);
        self.claimant.or(confirms)
    }
}

/// Who has an address for their own.
async fn holder(app: &App, address: &str) -> Result<Option<AccountId>, Fault> {
    let index = app.master().email_index(address);
    let mut connection = app.store().read().await?;
    Ok(accounts::by_index(&mut connection, *index.as_bytes()).await?)
}

/// Whether an address is that of somebody else, who is not told of this account.
pub(super) async fn is_anothers(
    app: &App,
    account_id: AccountId,
    address: &str,
) -> Result<bool, Fault> {
    Ok(holder(app, address)
        .await?
        .is_some_and(|id| id != account_id))
}

/// Counts a notice at an address that nobody confirmed for its account, as a letter
/// counts, and says whether it may be mailed.
pub(super) async fn count_notice(
    app: &App,
    claimed: &Claimed,
    account_id: AccountId,
    to: &Email,
) -> Result<bool, Fault> {
    if is_confirmed(app, account_id).await? {
        return Ok(true);
    }
    let room = links::count_letter(app, claimed, to, LinkPurpose::Told).await?;
    Ok(matches!(room, Room::Free))
}

/// To whom a letter goes, and what of it they are told; `None` when nobody is.
async fn addressed(app: &App, claimed: &Claimed, letter: &Letter) -> Result<Option<Told>, Fault> {
    let about = letter.about.clone();
    if let About::Forgotten { address_sealed } = &about
        && claims::tell_apart(app, claimed, address_sealed).await?
    {
        return Ok(None);
    }
    let typed = match &about {
        About::Forgotten { address_sealed }
        | About::PasswordGuessed { address_sealed }
        | About::AddressLink { address_sealed }
        | About::AddressLeft { address_sealed, .. }
        | About::AddressDropped { address_sealed }
        | About::RecoveryTold { address_sealed, .. }
        | About::ErasureWaits {
            address_sealed: Some(address_sealed),
            ..
        } => Some(address_of(app, claimed.id, address_sealed)?),
        _ => None,
    };
    let account_id = match (letter.lane, &about, &typed) {
        (Lane::Account(id), ..) => id,
        (Lane::Address(_), About::ForgottenClaim { account_id, .. }, _) => *account_id,
        (Lane::Address(_), _, Some(typed)) => match people::at_address(app, typed).await? {
            Some(id) => id,
            None => return Ok(None),
        },
        (Lane::Address(_), _, None) => return Ok(None),
    };
    // First of all: of an account that was erased nothing is left that opens.
    if is_erased(app, account_id).await? {
        return Ok(None);
    }
    let Some(contact) = people::find_contact(app, account_id).await? else {
        return Ok(None);
    };
    let address = match (&about, typed) {
        // Whoever forgot a password is mailed at the address of the account.
        (About::Forgotten { .. } | About::PasswordGuessed { .. }, _) | (_, None) => {
            contact.email.clone()
        }
        (_, Some(typed)) => typed,
    };
    let other = holder(app, &address).await?.filter(|id| *id != account_id);
    let claimant = (about == About::Confirm).then_some(account_id);
    let (account_id, claimant, contact, about) = match (other, about) {
        (None, about) => {
            let email = address;
            (account_id, None, Contact { email, ..contact }, about)
        }
        (Some(other), About::Confirm | About::AddressLink { .. }) => {
            // As its owner spells it, and not as somebody typed it.
            let owner = people::contact(app, other).await?;
            (other, claimant, owner, About::Taken)
        }
        // It is somebody else's address: what is told of this account is not for them.
        (Some(_), _) => return Ok(None),
    };
    let to = Email::parse(&contact.email)
        .map_err(|_| Fault::Inconsistent("an account has no address for notices"))?;
    Ok(Some(Told {
        account_id,
        claimant,
        made_at: contact.made_at,
        to,
        language: contact.language,
        about,
    }))
}

/// What comes of a letter.
enum Composed {
    /// The mail, and what it tells whom.
    Mail(Box<Told>, Box<Mail>),
    /// None just now: there were enough of its kind.
    Later,
    /// None: it is of no use, or there were enough of its kind.
    Nothing,
}

async fn compose(app: &App, claimed: &Claimed, letter: &Letter) -> Result<Composed, Fault> {
    let Some(mut told) = addressed(app, claimed, letter).await? else {
        return Ok(Composed::Nothing);
    };
    let account_id = told.account_id;
    told.about = told.about.told_late(app.now().since(claimed.created_at));
    if told.about == About::RecoveryReady && recovery::empties(app, account_id).await? {
        told.about = About::EmptyingReady;
    }
    let gone = is_erased(app, account_id).await?;
    if gone
        || !recovery::is_news(app, account_id, &told.about).await?
        || !address_changes::is_news(app, claimed.id, letter).await?
    {
        return Ok(Composed::Nothing);
    }
    if let (About::AddressLink { .. }, About::Taken, Lane::Account(asks)) =
        (&letter.about, &told.about, letter.lane)
    {
        // As if it were theirs to have, or what waits would show whose it is: of a link
        // that nobody is mailed.
        let change = LinkPurpose::Change;
        if let Issued::Later = links::issue(app, claimed, asks, change, &told.to).await? {
            return Ok(Composed::Later);
        }
    }
    let link = match told.about.purpose() {
        None => match links::count_told(app, claimed, &told).await? {
            Room::Free => None,
            Room::Later | Room::Never => return Ok(Composed::Nothing),
        },
        Some(purpose) => match links::issue(app, claimed, account_id, purpose, &told.to).await? {
            Issued::Link(link) => Some(link),
            none => {
                note_alike(app, &told).await?;
                return Ok(match none {
                    Issued::Later => Composed::Later,
                    _ => Composed::Nothing,
                });
            }
        },
    };
    let words = words::of(app, claimed, &told, link.as_ref())?;
    let mail = words.to_mail(app, claimed, told.to.clone())?;
    Ok(Composed::Mail(Box::new(told), Box::new(mail)))
}

/// Takes note at whoever merely claims an address of what is known of it where it
/// is, when no mail goes that would show it.
async fn note_alike(app: &App, told: &Told) -> Result<(), Fault> {
    if let Some(claimant) = told.claimant {
        let mut connection = app.store().read().await?;
        let contact = accounts::contact(&mut connection, told.account_id).await?;
        drop(connection);
        match contact.and_then(|contact| contact.unreachable_at) {
            Some(_) => is_not_reached(app, claimant).await?,
            None => is_reached(app, claimant).await?,
        }
    }
    if let Some(id) = told.who_confirms() {
        bounces::note_alike(app, id).await?;
    }
    Ok(())
}
