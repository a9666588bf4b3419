//! What is sealed of receivers of events.

use zeroize::Zeroizing;

use super::{CannotOpen, Sealed};
use crate::crypto::master::MasterKey;
use crate::crypto::seal::{self, Aad};
use crate::domain::id::StreamId;
use crate::domain::stream::AuthorizationHeader;
use crate::random::Random;

/// Seals what a receiver wants to be shown: it is sent while nobody is there,
/// so that the master key has to open it.
#[must_use]
pub fn seal_receiver_authorization(
    master: &MasterKey,
    stream: StreamId,
    header: &AuthorizationHeader,
    random: &Random,
) -> Sealed {
    let text = header.reveal().as_bytes();
    seal::seal(&master.receiver_seal(), &place(stream), text, random)
}

/// Opens what a receiver wants to be shown.
pub fn open_receiver_authorization(
    master: &MasterKey,
    stream: StreamId,
    sealed: &Sealed,
) -> Result<AuthorizationHeader, CannotOpen> {
    let text = seal::open(&master.receiver_seal(), &place(stream), sealed)?;
    let text = Zeroizing::new(String::from_utf8(text.to_vec()).map_err(|_| CannotOpen)?);
    AuthorizationHeader::try_from(text.as_str().to_owned()).map_err(|_| CannotOpen)
}

fn place(stream: StreamId) -> Aad {
    Aad::new("stream", stream, "authorization")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_opens_for_its_stream_and_master_key_alone() {
        let random = Random::seeded(1);
        let (master, other) = (MasterKey::generate(&random), MasterKey::generate(&random));
        let id = |number| StreamId::new(uuid::Uuid::from_u128(number));
        let header = AuthorizationHeader::try_from("Bearer x".to_owned()).expect("a header");
        let sealed = seal_receiver_authorization(&master, id(1), &header, &random);
        let opened = open_receiver_authorization(&master, id(1), &sealed);
        assert_eq!(opened.ok(), Some(header));
        assert!(open_receiver_authorization(&master, id(2), &sealed).is_err());
        assert!(open_receiver_authorization(&other, id(1), &sealed).is_err());
    }
}
