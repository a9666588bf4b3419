//! Devices on which nobody can sign in (RFC 8628): from the code that they
//! show to the request that someone answers elsewhere. How they get their
//! tokens is in `tokens`.

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::crypto::secret::{DeviceCode, Opaque};
use crate::crypto::vault::device_key;
use crate::domain::authorization::{AuthorizationRequest, DeviceTarget};
use crate::domain::device::{DEVICE_LIFETIME, POLL_INTERVAL, UserCode};
use crate::service::Fault;
use crate::store::StoreError;
use crate::store::clients::RegisteredClient;
use crate::store::devices::{self, DeviceRow};

/// How often another code is made when somebody is shown the same one.
const TRIES: usize = 3;

/// What a device is told.
#[derive(Debug)]
pub struct NewDevice {
    /// With this it asks for its tokens.
    pub device_code: Opaque<DeviceCode>,
    /// This it shows.
    pub user_code: UserCode,
    /// How long both are good.
    pub expires_in: Duration,
    /// How long it waits between two questions.
    pub interval: Duration,
}

/// Takes the request of a device, and makes its codes.
pub async fn begin(app: &App, request: AuthorizationRequest) -> Result<NewDevice, Fault> {
    for _ in 0..TRIES {
        let device_code = Opaque::<DeviceCode>::generate_unowned(app.random());
        let user_code = UserCode::from_random(app.random().bytes());
        let now = app.now();
        let target = DeviceTarget {
            hash: device_code.hash(),
            key: device_key(&device_code)?,
        };
        let row = DeviceRow {
            hash: device_code.hash(),
            client_id: request.client_id.clone(),
            request: AuthorizationRequest {
                device: Some(target),
                ..request.clone()
            },
            expires_at: now.plus(DEVICE_LIFETIME),
            interval: POLL_INTERVAL,
            polled_at: None,
            answered_at: None,
            grant_id: None,
        };
        let index = app.master().user_code_index(&user_code);
        let kept = app
            .store()
            .write(move |tx| Box::pin(async move { devices::insert(tx, &row, index, now).await }))
            .await;
        match kept {
            Ok(()) => {
                return Ok(NewDevice {
                    device_code,
                    user_code,
                    expires_in: DEVICE_LIFETIME,
                    interval: POLL_INTERVAL,
                });
            }
            Err(StoreError::Duplicate) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Fault::Contended)
}

/// A device that waits for an answer.
#[derive(Debug)]
pub struct WaitingDevice {
    /// Whose it is.
    pub client: Arc<RegisteredClient>,
    /// What it asks for.
    pub request: AuthorizationRequest,
}

/// The device that shows this code; `None` when none does, or not any more.
/// Looking does not use it up.
pub async fn waiting(app: &App, code: &UserCode) -> Result<Option<WaitingDevice>, Fault> {
    let index = app.master().user_code_index(code);
    let mut connection = app.store().read().await?;
    let row = devices::by_user_code(&mut connection, index).await?;
    drop(connection);
    let now = app.now();
    let Some(row) = row.filter(|row| row.answered_at.is_none() && row.expires_at > now) else {
        return Ok(None);
    };
    let client = app.client(&row.client_id).await?;
    Ok(client.map(|client| WaitingDevice {
        client,
        request: row.request,
    }))
}

/// Says no to a device.
pub async fn refuse(app: &App, device: &WaitingDevice) -> Result<(), Fault> {
    let Some(target) = &device.request.device else {
        return Err(Fault::Inconsistent("a device asks without a code"));
    };
    let (hash, now) = (target.hash, app.now());
    // Who answered before has answered.
    let _ = app
        .store()
        .write_statement(move |tx| {
            Box::pin(async move { devices::answer(tx, hash, None, now).await })
        })
        .await?;
    Ok(())
}
