//! All that an account holds and all that came of it, in one document.
//!
//! It is read from one view of the database, so that it is of one moment, and
//! written piece by piece: however much there is, a few pieces are in memory.

mod pieces;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::vault::{self, GrantKey, VaultKey};
use crate::domain::attribute::VaultContents;
use crate::domain::export::{
    AccountFacts, ExportedAnswer, ExportedDeparture, ExportedDuty, ExportedGrant, ExportedRead,
    ExportedRequest, FORMAT, HeldAttribute, Member, Moment,
};
use crate::domain::id::{AccountId, GrantId};
use crate::domain::import::{MAX_FILE, MOST_DEPARTURES};
use crate::domain::message::About;
use crate::domain::time::Timestamp;
use crate::service::grants::{agreed_client, agreed_plan, open_read};
use crate::service::sessions::SignedIn;
use crate::service::turns::{Turn, Turns};
use crate::service::{Fault, imports, letters};
use crate::store::grants::GrantRow;
use crate::store::reads::Window;
use crate::store::{
    Connection, Snapshot, accounts, departures, duties, grants, reads, receipts, rights,
};
pub use pieces::{BrokenOff, Pieces};
use pieces::{Stop, Writer, in_time};

/// Documents that are written at a time. Each holds a view of the database, and a
/// connection, for as long as somebody reads it.
static TURNS: LazyLock<Turns> = LazyLock::new(|| Turns::new(4));
/// How many rows are read at a time.
const AT_A_TIME: u32 = 500;
/// From here on no more reads are written: there is no end of them, and every
/// provider has to take the document ([`MAX_FILE`]). All else is written before.
const READS_UP_TO: usize = MAX_FILE - 1024 * 1024;

/// Whose document it is, and what opens it.
#[derive(Clone, Debug)]
pub struct Owner {
    /// The account.
    pub account_id: AccountId,
    /// What opens its vault.
    pub vault_key: VaultKey,
}

/// [`export`], for whoever is signed in. Its owner is told by mail before the first byte
/// goes: it may be somebody else, in a browser that was left open.
pub async fn download(app: &App, signed_in: &SignedIn) -> Result<Pieces, Fault> {
    let pieces = export(app, signed_in.owner()).await?;
    let mail = letters::to(app, signed_in.account.id, About::Downloaded);
    let session = signed_in.session(app);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                session.hold(tx).await?;
                Ok::<_, Fault>(mail.keep(tx).await?)
            })
        })
        .await?;
    Ok(pieces)
}

/// Begins to write the document of somebody whose vault is open. What is in it
/// is what there is at this moment.
pub async fn export(app: &App, owner: Owner) -> Result<Pieces, Fault> {
    let turn = TURNS.wait(owner.account_id, None).await?;
    let mut snapshot = app.store().snapshot().await?;
    let found = Found::read(app, &owner, snapshot.connection()).await?;
    let (mut writer, pieces) = Writer::new();
    let app = app.clone();
    tokio::spawn(async move {
        let written = in_time(found.write(&app, &owner, &mut snapshot, &mut writer)).await;
        writer.finish(written).await;
        drop::<(Snapshot, Turn)>((snapshot, turn));
    });
    Ok(pieces)
}

/// What is read before anything is written: whatever is wrong with it is told,
/// and does not break a document off.
struct Found {
    now: Timestamp,
    account: AccountFacts,
    contents: VaultContents,
    grants: Vec<GrantRow>,
    keys: BTreeMap<GrantId, GrantKey>,
    jwks: serde_json::Value,
}

impl Found {
    async fn read(app: &App, owner: &Owner, from: &mut Connection) -> Result<Self, Fault> {
        let id = owner.account_id;
        let row = accounts::vault(from, id)
            .await?
            .ok_or(Fault::Inconsistent("an account has no vault"))?;
        let sealed = Sealed::from_bytes(row.contents_sealed);
        let bytes = vault::open_contents(&owner.vault_key, id, &sealed)?;
        let contents = VaultContents::from_bytes(&bytes)?;
        let row = accounts::by_id(from, id)
            .await?
            .ok_or(Fault::Inconsistent("an account is not there"))?;
        let sealed = Sealed::from_bytes(row.contact_sealed);
        let contact = vault::open_contact_email(app.master(), id, &sealed)?;
        let grants = grants::of_account(from, id).await?;
        let mut keys = BTreeMap::new();
        for row in &grants {
            // Where the key was destroyed, nobody opens anything any more.
            if let Some(wrapped) = row.grant_key_wrapped.clone() {
                let wrapped = Sealed::from_bytes(wrapped);
                // A vault that was lost has a new key, which closes its reads.
                if let Ok(key) = vault::open_grant_key(&owner.vault_key, row.grant.id, &wrapped) {
                    keys.insert(row.grant.id, key);
                }
            }
        }
        let jwks = serde_json::from_str(app.keys().await?.jwks_json())
            .map_err(|_| Fault::Inconsistent("the published keys do not read"))?;
        Ok(Self {
            now: app.now(),
            account: AccountFacts {
                created_at: Moment(row.account.created_at),
                language: row.account.language,
                contact_email: String::clone(&contact),
            },
            contents,
            grants,
            keys,
            jwks,
        })
    }

    async fn write(
        &self,
        app: &App,
        owner: &Owner,
        snapshot: &mut Snapshot,
        to: &mut Writer,
    ) -> Result<(), Stop> {
        to.object();
        to.member("format", &FORMAT)?;
        to.member("provider", &app.issuer())?;
        to.member("exported_at", &Moment(self.now))?;
        to.member("account", &self.account)?;
        to.member("attributes", &HeldAttribute::all(&self.contents.attributes))?;
        to.member("profiles", &self.contents.profiles)?;
        to.member("rules", &self.contents.rules)?;
        if let Some(until) = self.contents.closed_until {
            to.member("closed_until", &Moment(until))?;
        }
        to.member("jwks", &self.jwks)?;
        let from = snapshot.connection();
        to.list(Member::Grants.as_str())?;
        self.write_grants(app, from, to).await?;
        to.end(b']');
        to.list(Member::Duties.as_str())?;
        write_duties(owner, from, to).await?;
        to.end(b']');
        to.list(Member::Requests.as_str())?;
        self.write_requests(owner, from, to).await?;
        to.end(b']');
        to.list("departures")?;
        write_departures(owner, from, to).await?;
        to.end(b']');
        to.list("archives")?;
        write_archives(owner, from, to).await?;
        to.end(b']');
        to.list(Member::Reads.as_str())?;
        let complete = self.write_reads(owner, from, to).await?;
        to.end(b']');
        to.member("reads_complete", &complete)?;
        to.end(b'}');
        Ok(())
    }

    async fn write_grants(
        &self,
        app: &App,
        from: &mut Connection,
        to: &mut Writer,
    ) -> Result<(), Stop> {
        for row in &self.grants {
            let client = agreed_client(app, &row.grant).await?;
            let plan = agreed_plan(app, &client, &row.grant).await?.0;
            let chain = receipts::of_grant(from, row.grant.id).await?;
            let about = &client.business.document;
            let business = (about.name.as_str(), about.contact.as_str());
            let grant = ExportedGrant::new(business, &row.grant, &plan, chain, self.now);
            to.item(&grant).await?;
        }
        Ok(())
    }

    /// The newest first, as many as there is room for; says whether those are
    /// all.
    async fn write_reads(
        &self,
        owner: &Owner,
        from: &mut Connection,
        to: &mut Writer,
    ) -> Result<bool, Stop> {
        let mut window = Window::default();
        loop {
            let rows = reads::of_account(from, owner.account_id, &window, AT_A_TIME).await?;
            let Some(last) = rows.last() else {
                return Ok(true);
            };
            window.before = Some(last.id);
            for row in rows {
                let Some(key) = self.keys.get(&row.grant_id) else {
                    continue;
                };
                if to.written() >= READS_UP_TO {
                    return Ok(false);
                }
                let (grant_id, at) = (row.grant_id, Moment(row.read_at));
                let record = open_read(key, row)?;
                let read = ExportedRead {
                    grant_id,
                    at,
                    claims: record.claims,
                    purposes: record.purposes,
                };
                to.item(&read).await?;
            }
        }
    }

    async fn write_requests(
        &self,
        owner: &Owner,
        from: &mut Connection,
        to: &mut Writer,
    ) -> Result<(), Stop> {
        for grant in &self.grants {
            for row in rights::of_grant(from, grant.grant.id).await? {
                let wrapped = Sealed::from_bytes(row.reply_key_wrapped);
                let mut answers = Vec::new();
                for reply in rights::answers(from, row.request.id).await? {
                    let text = vault::open_reply(
                        &owner.vault_key,
                        &wrapped,
                        &row.reply_key,
                        row.request.id,
                        reply.seq,
                        &reply.text_sealed,
                    );
                    let text = text.ok();
                    let text = text.as_ref().map(|text| text.as_str());
                    answers.push(ExportedAnswer::new(reply.taken, text));
                }
                to.item(&ExportedRequest::new(&row.request, answers))
                    .await?;
            }
        }
        Ok(())
    }
}

async fn write_duties(owner: &Owner, from: &mut Connection, to: &mut Writer) -> Result<(), Stop> {
    let mut after = None;
    loop {
        let some = duties::after(from, owner.account_id, after, AT_A_TIME).await?;
        let Some(last) = some.last() else {
            return Ok(());
        };
        after = Some(last.id);
        for duty in &some {
            to.item(&ExportedDuty::from(duty)).await?;
        }
    }
}

async fn write_departures(
    owner: &Owner,
    from: &mut Connection,
    to: &mut Writer,
) -> Result<(), Stop> {
    let most = u32::try_from(MOST_DEPARTURES).unwrap_or(u32::MAX);
    for (client_id, binding, at) in departures::of_account(from, owner.account_id, most).await? {
        let departure = ExportedDeparture {
            client_id,
            redirect_uri: binding.redirect_uri,
            at: Moment(at),
        };
        to.item(&departure).await?;
    }
    Ok(())
}

/// What came along from other providers goes along again. Of the room that all else
/// leaves, the reads there take half: the others are those here.
async fn write_archives(owner: &Owner, from: &mut Connection, to: &mut Writer) -> Result<(), Stop> {
    let all = imports::kept(from, owner).await?;
    let to_come = imports::load_of(from, owner, &all).await?.bytes;
    let for_reads = READS_UP_TO.saturating_sub(to.written().saturating_add(to_come));
    let mut left = for_reads / 2;
    for listed in all {
        let Some(kept) = imports::open_kept(from, owner, listed.id).await? else {
            continue;
        };
        // Pieces are in the order of the document.
        let mut next = imports::piece_after(from, owner, kept.id, 0).await?;
        for (index, archive) in kept.head.archives.iter().enumerate() {
            let origin = &archive.origin;
            to.object();
            to.member("provider", &origin.provider)?;
            to.member("exported_at", &origin.exported_at)?;
            to.member("imported_at", &origin.imported_at.unwrap_or(kept.kept_at))?;
            to.member("account", &origin.account)?;
            to.member("attributes", &origin.attributes)?;
            if !origin.departures.is_empty() {
                to.member("departures", &origin.departures)?;
            }
            to.member("flaws", &archive.flaws)?;
            to.member("jwks", &origin.jwks)?;
            let mut complete = origin.reads_complete;
            for member in Member::ALL {
                to.list(member.as_str())?;
                while let Some((seq, piece)) = &next
                    && piece.is_of(index, member)
                {
                    for item in &piece.items {
                        let before = to.written();
                        if member == Member::Reads && left == 0 {
                            complete = false;
                            break;
                        }
                        to.item(item).await?;
                        if member == Member::Reads {
                            left = left.saturating_sub(to.written() - before);
                        }
                    }
                    next = imports::piece_after(from, owner, kept.id, *seq).await?;
                }
                to.end(b']');
            }
            to.member("reads_complete", &complete)?;
            to.end(b'}');
        }
    }
    Ok(())
}
