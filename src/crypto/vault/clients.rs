//! What is sealed of clients.

use zeroize::Zeroizing;

use super::{CannotOpen, Sealed};
use crate::crypto::master::MasterKey;
use crate::crypto::seal::{self, Aad};
use crate::crypto::secret::{ClientSecret, Opaque, PushedRequest, RegistrationToken};
use crate::domain::id::ClientId;
use crate::random::Random;

/// Seals a request that a client pushed, for whoever names it by its
/// `request_uri`: the client alone, and the browser that it sends here.
#[must_use]
pub fn seal_pushed_request(
    name: &Opaque<PushedRequest>,
    client: &ClientId,
    request: &[u8],
    random: &Random,
) -> Sealed {
    name.seal(&pushed_place(client), request, random)
}

/// Opens a request that this client pushed.
pub fn open_pushed_request(
    name: &Opaque<PushedRequest>,
    client: &ClientId,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    name.open(&pushed_place(client), sealed)
}

/// Seals the secret of a client that signs with it. HMAC needs the secret
/// itself, where a client that presents its secret leaves but a hash behind:
/// whoever has both database and master key can act as such a client, which
/// `private_key_jwt` spares it.
#[must_use]
pub fn seal_client_secret(
    master: &MasterKey,
    client: &ClientId,
    secret: &Opaque<ClientSecret>,
    random: &Random,
) -> Sealed {
    let place = client_secret_place(client);
    let text = secret.reveal();
    seal::seal(&master.client_seal(), &place, text.as_bytes(), random)
}

/// Opens the secret of a client that signs with it.
pub fn open_client_secret(
    master: &MasterKey,
    client: &ClientId,
    sealed: &Sealed,
) -> Result<Opaque<ClientSecret>, CannotOpen> {
    let place = client_secret_place(client);
    let text = seal::open(&master.client_seal(), &place, sealed)?;
    let text = std::str::from_utf8(&text).map_err(|_| CannotOpen)?;
    Opaque::parse(text).ok_or(CannotOpen)
}

/// Seals the secret of a client that registered itself, for whoever has its
/// registration access token: it is told the secret again (RFC 7592 §3), which
/// its hash alone could not do.
#[must_use]
pub fn seal_registered_secret(
    token: &Opaque<RegistrationToken>,
    client: &ClientId,
    secret: &Opaque<ClientSecret>,
    random: &Random,
) -> Sealed {
    token.seal(
        &registered_place(client),
        secret.reveal().as_bytes(),
        random,
    )
}

/// Opens the secret of a client that registered itself.
pub fn open_registered_secret(
    token: &Opaque<RegistrationToken>,
    client: &ClientId,
    sealed: &Sealed,
) -> Result<Opaque<ClientSecret>, CannotOpen> {
    let text = token.open(&registered_place(client), sealed)?;
    let text = std::str::from_utf8(&text).map_err(|_| CannotOpen)?;
    Opaque::parse(text).ok_or(CannotOpen)
}

fn registered_place(client: &ClientId) -> Aad {
    Aad::new("client", client, "registered_secret")
}

fn pushed_place(client: &ClientId) -> Aad {
    Aad::new("pushed_request", client, "request")
}

fn client_secret_place(client: &ClientId) -> Aad {
    Aad::new("client", client, "secret")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ClientId {
        text.parse().expect("an id")
    }

    #[test]
    fn a_secret_opens_for_its_client_and_master_key_alone() {
        let random = Random::seeded(1);
        let (master, other) = (MasterKey::generate(&random), MasterKey::generate(&random));
        let secret = Opaque::<ClientSecret>::generate_unowned(&random);
        let sealed = seal_client_secret(&master, &id("shop"), &secret, &random);
        let opened = open_client_secret(&master, &id("shop"), &sealed).expect("its own");
        assert_eq!(opened.hash(), secret.hash());
        assert!(open_client_secret(&master, &id("paper"), &sealed).is_err());
        assert!(open_client_secret(&other, &id("shop"), &sealed).is_err());
    }

    #[test]
    fn a_registered_secret_opens_under_its_token_for_its_client_alone() {
        let random = Random::seeded(1);
        let token = Opaque::<RegistrationToken>::generate_unowned(&random);
        let other = Opaque::<RegistrationToken>::generate_unowned(&random);
        let secret = Opaque::<ClientSecret>::generate_unowned(&random);
        let sealed = seal_registered_secret(&token, &id("shop"), &secret, &random);
        let opened = open_registered_secret(&token, &id("shop"), &sealed).expect("its own");
        assert_eq!(opened.hash(), secret.hash());
        assert!(open_registered_secret(&token, &id("paper"), &sealed).is_err());
        assert!(open_registered_secret(&other, &id("shop"), &sealed).is_err());
    }

    #[test]
    fn a_pushed_request_opens_under_its_name_for_its_client_alone() {
        let random = Random::seeded(1);
        let name = Opaque::<PushedRequest>::generate_unowned(&random);
        let other = Opaque::<PushedRequest>::generate_unowned(&random);
        let sealed = seal_pushed_request(&name, &id("shop"), b"who", &random);
        let opened = open_pushed_request(&name, &id("shop"), &sealed).expect("its own");
        assert_eq!(*opened, b"who");
        assert!(open_pushed_request(&name, &id("paper"), &sealed).is_err());
        assert!(open_pushed_request(&other, &id("shop"), &sealed).is_err());
    }
}
