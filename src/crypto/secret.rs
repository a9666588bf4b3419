//! Opaque secrets: codes, tokens, cookies and client secrets.
//!
//! On the wire each is a prefix that names its kind and 64 characters of
//! base64url: 16 bytes that name the owner (a grant, an account, a client) and
//! 32 secret bytes. The store keeps only [`Opaque::hash`]; a plain SHA-256 is
//! enough because the secret has 256 bits of chance, unlike a password.

use std::fmt;
use std::marker::PhantomData;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::seal::{self, Aad, CannotOpen, Key, MacKey, Sealed};
use crate::random::Random;

const OWNER_LEN: usize = 16;
const SECRET_LEN: usize = 32;
const TEXT_LEN: usize = (OWNER_LEN + SECRET_LEN) / 3 * 4;

/// What a secret is for. The prefix separates the kinds everywhere: on the
/// wire, in the stored hash, and in the keys derived from the secret. So none
/// can pass for another, and secret scanners can recognise a leaked one.
pub trait Kind: private::Closed {
    /// What the wire text starts with.
    const PREFIX: &'static str;
}

mod private {
    pub trait Closed {}
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}
        impl private::Closed for $name {}
        impl Kind for $name {
            const PREFIX: &'static str = $prefix;
        }
    )+};
}

kinds! {
    /// An authorization code; its owner is the grant.
    Code = "slac_",
    /// An access token; its owner is the grant.
    AccessToken = "slat_",
    /// An access token of a client that acts for itself; its owner says nothing.
    ClientToken = "slct_",
    /// A refresh token; its owner is the grant.
    RefreshToken = "slrt_",
    /// With which a device asks for its tokens; its owner says nothing.
    DeviceCode = "sldc_",
    /// The secret with which a client authenticates; its owner says nothing.
    ClientSecret = "slcs_",
    /// With which a business has clients register themselves; its owner says nothing.
    InitialAccessToken = "slit_",
    /// With which a client manages its registration; its owner says nothing.
    RegistrationToken = "slrg_",
    /// What names a pushed request, and opens it; its owner says nothing.
    PushedRequest = "slpr_",
    /// The cookie of a signed-in person.
    Session = "slse_",
    /// The cookie of a sign-in of which one half is done; its owner is the account.
    HalfSignIn = "slhs_",
    /// The cookie of a browser that is not signed in (yet).
    Browser = "slbr_",
    /// The cookie of a browser in which someone signed in before; its owner says nothing.
    KnownBrowser = "slkb_",
    /// What stands in a link that was mailed; its owner is the account.
    MailLink = "slml_",
    /// With which another provider fetches an account, once; its owner is the
    /// transfer.
    TransferToken = "sltt_",
}

/// The kinds of secret that open the released values of the grant they name.
pub trait GrantBearer: Kind {}
impl GrantBearer for Code {}
impl GrantBearer for AccessToken {}
impl GrantBearer for RefreshToken {}

/// A secret of kind `K`. Never prints; wiped when dropped.
pub struct Opaque<K> {
    owner: Uuid,
    secret: Zeroizing<[u8; SECRET_LEN]>,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Opaque<K> {
    /// A fresh secret that belongs to `owner`.
    #[must_use]
    pub fn generate(owner: Uuid, random: &Random) -> Self {
        Self::new(owner, Zeroizing::new(random.bytes()))
    }

    /// A fresh secret whose owner part is mere chance, for the kinds that are
    /// found by their hash alone.
    #[must_use]
    pub fn generate_unowned(random: &Random) -> Self {
        let owner = uuid::Builder::from_random_bytes(random.bytes()).into_uuid();
        Self::generate(owner, random)
    }

    fn new(owner: Uuid, secret: Zeroizing<[u8; SECRET_LEN]>) -> Self {
        Self {
            owner,
            secret,
            kind: PhantomData,
        }
    }

    /// Reads the wire text. Each secret has one spelling: anything else, such
    /// as another kind's prefix, padding or white space, is `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(K::PREFIX)?;
        if encoded.len() != TEXT_LEN {
            return None;
        }
        let mut bytes = Zeroizing::new([0; OWNER_LEN + SECRET_LEN]);
        let written = URL_SAFE_NO_PAD.decode_slice(encoded, bytes.as_mut()).ok()?;
        if written != bytes.len() {
            return None;
        }
        let (owner, secret) = bytes.split_first_chunk::<OWNER_LEN>()?;
        let mut kept = Zeroizing::new([0; SECRET_LEN]);
        kept.copy_from_slice(secret);
        Some(Self::new(Uuid::from_bytes(*owner), kept))
    }

    /// The wire text: for the response that hands the secret over, nothing else.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new([0; OWNER_LEN + SECRET_LEN]);
        bytes[..OWNER_LEN].copy_from_slice(self.owner.as_bytes());
        bytes[OWNER_LEN..].copy_from_slice(self.secret.as_ref());
        // Sized beforehand, so that growing leaves no copy behind.
        let mut text = Zeroizing::new(String::with_capacity(K::PREFIX.len() + TEXT_LEN));
        text.push_str(K::PREFIX);
        URL_SAFE_NO_PAD.encode_string(bytes.as_ref(), &mut text);
        text
    }

    /// Whom the secret names. Believe it only once the hash was found: until
    /// then it is what somebody sent.
    #[must_use]
    pub fn owner(&self) -> Uuid {
        self.owner
    }

    /// What the store keeps and looks for: SHA-256 over kind, owner and secret.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(K::PREFIX.as_bytes());
        context.update(self.owner.as_bytes());
        context.update(self.secret.as_ref());
        let mut out = [0; 32];
        out.copy_from_slice(context.finish().as_ref());
        out
    }

    /// Wraps `key` so that this secret opens it.
    pub(super) fn wrap(&self, aad: &Aad, key: &Key, random: &Random) -> Sealed {
        seal::wrap(&self.wrapping_key(), aad, key, random)
    }

    /// Opens what [`Self::wrap`] made.
    pub(super) fn unwrap(&self, aad: &Aad, wrapped: &Sealed) -> Result<Key, CannotOpen> {
        seal::unwrap(&self.wrapping_key(), aad, wrapped)
    }

    /// Seals something so that this secret opens it.
    pub(super) fn seal(&self, aad: &Aad, plain: &[u8], random: &Random) -> Sealed {
        seal::seal(&self.wrapping_key(), aad, plain, random)
    }

    /// Opens what [`Self::seal`] made.
    pub(super) fn open(
        &self,
        aad: &Aad,
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        seal::open(&self.wrapping_key(), aad, sealed)
    }

    /// Independent of [`Self::hash`], which the database shows.
    fn wrapping_key(&self) -> Key {
        Key::derive(&self.secret, &[b"wrap/v1/", K::PREFIX.as_bytes()])
    }
}

impl Opaque<DeviceCode> {
    /// The private half of the key that its grant comes under.
    pub(super) fn agreement_key(&self) -> Zeroizing<[u8; SECRET_LEN]> {
        let key = Key::derive(&self.secret, &[b"agree/v1/", DeviceCode::PREFIX.as_bytes()]);
        Zeroizing::new(*key.bytes())
    }
}

impl Opaque<KnownBrowser> {
    /// What the store keeps of it for one account: of two accounts that share a
    /// browser, nothing there shows it.
    #[must_use]
    pub fn hash_for(&self, account: &Uuid) -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(&self.hash());
        context.update(account.as_bytes());
        let mut out = [0; 32];
        out.copy_from_slice(context.finish().as_ref());
        out
    }
}

impl Opaque<MailLink> {
    /// The secret of the link in one mail to an account. It is derived from the
    /// message, so that a mail which is sent again has the same link, and from a
    /// key of the server, so that neither the outbox nor who reads it has it.
    #[must_use]
    pub fn of_message(owner: Uuid, key: &MacKey, message: &Uuid) -> Self {
        Self::new(owner, Zeroizing::new(key.tag(message.as_bytes())))
    }
}

/// The kinds of secret that give way to another when they are used.
pub trait Successive: Kind {}
impl Successive for RefreshToken {}
impl Successive for RegistrationToken {}

impl<K: Successive> Opaque<K> {
    /// The token that replaces this one. Derived, so that an answer which got
    /// lost can be given again without storing it; from a key of the server as
    /// well, so that whoever steals one token does not have its successors.
    #[must_use]
    pub fn successor(&self, key: &SuccessionKey<K>) -> Self {
        let mut message = Zeroizing::new([0; OWNER_LEN + SECRET_LEN]);
        message[..OWNER_LEN].copy_from_slice(self.owner.as_bytes());
        message[OWNER_LEN..].copy_from_slice(self.secret.as_ref());
        Self::new(self.owner, Zeroizing::new(key.0.tag(message.as_ref())))
    }
}

/// The server's part in deriving a token's successor.
pub struct SuccessionKey<K>(MacKey, PhantomData<fn() -> K>);

impl<K> fmt::Debug for SuccessionKey<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SuccessionKey(…)")
    }
}

impl<K: Successive> SuccessionKey<K> {
    pub(super) fn new(key: MacKey) -> Self {
        Self(key, PhantomData)
    }
}

impl<K> Clone for Opaque<K> {
    fn clone(&self) -> Self {
        Self {
            owner: self.owner,
            secret: self.secret.clone(),
            kind: PhantomData,
        }
    }
}

impl<K: Kind> fmt::Debug for Opaque<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opaque({}…)", K::PREFIX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn owner() -> Uuid {
        Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001)
    }

    fn refresh_key(byte: u8) -> SuccessionKey<RefreshToken> {
        let key = Key::from_bytes(Zeroizing::new([byte; 32]));
        SuccessionKey::new(MacKey::new(&key))
    }

    #[test]
    fn the_wire_text_reads_back() {
        let token = Opaque::<AccessToken>::generate(owner(), &Random::seeded(1));
        let text = token.reveal();
        assert!(text.starts_with("slat_") && text.len() == 5 + 64);
        let read = Opaque::<AccessToken>::parse(&text).unwrap();
        assert_eq!(read.owner(), owner());
        assert_eq!(read.hash(), token.hash());
    }

    #[test]
    fn one_kind_never_passes_for_another() {
        let code = Opaque::<Code>::generate(owner(), &Random::seeded(1));
        assert!(Opaque::<AccessToken>::parse(&code.reveal()).is_none());
        let dressed_up = code.reveal().replacen(Code::PREFIX, AccessToken::PREFIX, 1);
        let token = Opaque::<AccessToken>::parse(&dressed_up).unwrap();
        assert_ne!(token.hash(), code.hash());
        let (random, aad) = (Random::seeded(2), Aad::new("token", "1", "key"));
        let wrapped = code.wrap(&aad, &Key::generate(&random), &random);
        assert!(code.unwrap(&aad, &wrapped).is_ok());
        assert!(token.unwrap(&aad, &wrapped).is_err());
    }

    #[test]
    fn a_secret_under_a_foreign_owner_has_another_hash() {
        let token = Opaque::<AccessToken>::generate(owner(), &Random::seeded(1));
        let moved = Opaque::<AccessToken>::new(Uuid::nil(), token.secret.clone());
        assert_ne!(token.hash(), moved.hash());
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_the_same(text in "slat_[A-Za-z0-9_-]{64}") {
            let token = Opaque::<AccessToken>::parse(&text).expect("it has the one shape");
            prop_assert_eq!(&*token.reveal(), &text);
        }

        #[test]
        fn any_text_is_read_or_refused_without_panic(text: String) {
            let _ = Opaque::<Session>::parse(&text);
            let _ = Opaque::<Session>::parse(&format!("slse_{text}"));
        }
    }

    #[test]
    fn padding_space_and_a_wrong_length_are_refused() {
        let text = Opaque::<Session>::generate(owner(), &Random::seeded(1)).reveal();
        let (short, plain) = (&text[..text.len() - 1], &text[5..]);
        for wrong in [
            format!("{}=", *text),
            format!(" {}", *text),
            format!("{}A", *text),
            format!("{short}="),
            format!("{short}+"),
            format!("SLSE_{plain}"),
            plain.to_owned(),
            String::new(),
        ] {
            assert!(Opaque::<Session>::parse(&wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_successor_repeats_for_the_same_server_and_differs_for_another() {
        let token = Opaque::<RefreshToken>::generate(owner(), &Random::seeded(1));
        let next = token.successor(&refresh_key(1));
        assert_eq!(next.hash(), token.successor(&refresh_key(1)).hash());
        assert_ne!(next.hash(), token.successor(&refresh_key(2)).hash());
        assert_ne!(next.hash(), token.hash());
        assert_ne!(next.hash(), next.successor(&refresh_key(1)).hash());
        assert_eq!(next.owner(), owner());
    }

    #[test]
    fn secrets_without_an_owner_still_differ() {
        let random = Random::seeded(1);
        let one = Opaque::<ClientSecret>::generate_unowned(&random);
        let two = Opaque::<ClientSecret>::generate_unowned(&random);
        assert_ne!(one.owner(), two.owner());
        assert_ne!(one.hash(), two.hash());
    }

    #[test]
    fn secrets_do_not_print() {
        let token = Opaque::<AccessToken>::generate(owner(), &Random::seeded(1));
        assert_eq!(format!("{token:?}"), "Opaque(slat_…)");
        assert_eq!(format!("{:?}", refresh_key(1)), "SuccessionKey(…)");
    }
}
