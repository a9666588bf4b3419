//! A grant's key on its way to a device (RFC 8628). Whoever approves has no
//! secret of the device, only a public key: so that it alone opens what it is
//! given, and neither the database nor the master key does.

use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, X25519, agree};
use zeroize::Zeroizing;

use super::{GrantKey, seal};
use crate::crypto::seal::{Aad, CannotOpen, Key, Sealed};
use crate::crypto::secret::{DeviceCode, Opaque};
use crate::domain::device::DeviceKey;
use crate::domain::id::GrantId;
use crate::random::Random;

const PUBLIC_LEN: usize = 32;

/// The public key of this device code.
pub fn device_key(code: &Opaque<DeviceCode>) -> Result<DeviceKey, CannotOpen> {
    public(&private(&code.agreement_key())?)
}

/// Lets a device code open the grant that was approved for it: X25519 with a
/// key for this once, then AES-256-GCM.
pub fn wrap_grant_key_for_device(
    device: &DeviceKey,
    grant: GrantId,
    key: &GrantKey,
    random: &Random,
) -> Result<Sealed, CannotOpen> {
    let once = private(&Zeroizing::new(random.bytes()))?;
    let shown = public(&once)?;
    let wrapping = shared(&once, device, &shown, device)?;
    let wrapped = seal::wrap(&wrapping, &place(grant), &key.0, random);
    Ok(Sealed::from_bytes([&shown.0, wrapped.as_bytes()].concat()))
}

/// Opens with a device code the key of the grant that was approved for it.
pub fn open_grant_key_on_device(
    code: &Opaque<DeviceCode>,
    grant: GrantId,
    wrapped: &Sealed,
) -> Result<GrantKey, CannotOpen> {
    let (shown, wrapped) = wrapped
        .as_bytes()
        .split_first_chunk::<PUBLIC_LEN>()
        .ok_or(CannotOpen)?;
    let own = private(&code.agreement_key())?;
    let (shown, device) = (DeviceKey(*shown), public(&own)?);
    let wrapping = shared(&own, &shown, &shown, &device)?;
    let wrapped = Sealed::from_bytes(wrapped.to_vec());
    seal::unwrap(&wrapping, &place(grant), &wrapped).map(GrantKey)
}

fn private(bytes: &[u8; 32]) -> Result<PrivateKey, CannotOpen> {
    PrivateKey::from_private_key(&X25519, bytes).map_err(|_| CannotOpen)
}

fn public(key: &PrivateKey) -> Result<DeviceKey, CannotOpen> {
    let public = key.compute_public_key().map_err(|_| CannotOpen)?;
    let bytes = public.as_ref().try_into().map_err(|_| CannotOpen)?;
    Ok(DeviceKey(bytes))
}

/// Both public keys go into the key, so that it is of this exchange alone.
fn shared(
    own: &PrivateKey,
    peer: &DeviceKey,
    once: &DeviceKey,
    device: &DeviceKey,
) -> Result<Key, CannotOpen> {
    let peer = UnparsedPublicKey::new(&X25519, peer.0);
    agree(own, peer, CannotOpen, |secret| {
        let mut kept = Zeroizing::new([0; 32]);
        if secret.len() != kept.len() {
            return Err(CannotOpen);
        }
        kept.copy_from_slice(secret);
        Ok(Key::derive(&kept, &[b"device/v1/", &once.0, &device.0]))
    })
}

fn place(grant: GrantId) -> Aad {
    Aad::new("device_code", grant, "grant_key")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_device_opens_what_was_approved_for_it() {
        let random = Random::seeded(1);
        let code = Opaque::<DeviceCode>::generate_unowned(&random);
        let other = Opaque::<DeviceCode>::generate_unowned(&random);
        let id = |number| GrantId::new(uuid::Uuid::from_u128(number));
        let key = GrantKey::generate(&random);
        let device = device_key(&code).expect("a key");
        let wrapped = wrap_grant_key_for_device(&device, id(1), &key, &random).expect("wrapped");
        let opened = open_grant_key_on_device(&code, id(1), &wrapped).expect("opened");
        assert_eq!(opened.0.bytes(), key.0.bytes());
        assert!(open_grant_key_on_device(&other, id(1), &wrapped).is_err());
        assert!(
            open_grant_key_on_device(&code, id(2), &wrapped).is_err(),
            "another grant"
        );
        let bytes = wrapped.as_bytes();
        for at in [0, 31, 32, bytes.len() - 1] {
            let mut altered = bytes.to_vec();
            altered[at] ^= 1;
            let altered = Sealed::from_bytes(altered);
            assert!(
                open_grant_key_on_device(&code, id(1), &altered).is_err(),
                "{at}"
            );
        }
        for short in [0, 31, 32, 40] {
            let cut = Sealed::from_bytes(bytes[..short].to_vec());
            assert!(
                open_grant_key_on_device(&code, id(1), &cut).is_err(),
                "{short}"
            );
        }
        let again = wrap_grant_key_for_device(&device, id(1), &key, &random).expect("wrapped");
        assert_ne!(again.as_bytes()[..32], bytes[..32], "a key for once");
    }
}
