//! What a client may ask for, by what it registered.

use enumset::EnumSet;

use super::{AuthMethod, ClientMetadata, GrantType, InvalidClient};
use crate::domain::details::PROFILE_RELEASE;
use crate::domain::scope::Scope;
use crate::domain::transfer::ACCOUNT_TRANSFER;

impl ClientMetadata {
    /// Whether the client may ask for refresh tokens.
    #[must_use]
    pub fn may_refresh(&self) -> bool {
        self.uses(GrantType::RefreshToken)
    }

    /// Whether the client registered this way to a token.
    #[must_use]
    pub fn uses(&self, grant_type: GrantType) -> bool {
        self.grant_types.contains(&grant_type)
    }

    /// The scopes that the client may ask for.
    #[must_use]
    pub fn scopes(&self) -> EnumSet<Scope> {
        self.scope
            .as_deref()
            .map_or(Scope::all(), Scope::parse_list)
    }

    /// The scopes that the client may have by itself, while nobody is there.
    #[must_use]
    pub fn own_scopes(&self) -> EnumSet<Scope> {
        if self.is_public() || !self.uses(GrantType::ClientCredentials) {
            return EnumSet::empty();
        }
        self.scopes() & Scope::of_clients()
    }

    /// Whether the types of authorization details that it names are known.
    pub(super) fn check_details_types(&self) -> Result<(), InvalidClient> {
        let types = self.authorization_details_types.iter().flatten();
        let known = |kind: &String| [PROFILE_RELEASE, ACCOUNT_TRANSFER].contains(&kind.as_str());
        if types.clone().all(known) && types.count() <= 2 {
            Ok(())
        } else {
            Err(InvalidClient::DetailsType)
        }
    }

    /// Whether the client may ask with authorization details of this type.
    #[must_use]
    pub fn may_detail(&self, kind: &str) -> bool {
        let types = self.authorization_details_types.as_ref();
        types.is_none_or(|types| types.iter().any(|own| own == kind))
    }

    /// What it registered, held to what another provider needs: to ask people
    /// whether their account may come along, and nothing besides. `None` of what
    /// is to do more.
    #[must_use]
    pub fn for_transfers_alone(self) -> Option<Self> {
        // No scopes: all, where it names none.
        let scope = self.scope.clone().or_else(|| Some(String::new()));
        let held = Self { scope, ..self };
        held.is_for_transfers().then_some(held)
    }

    /// Whether the client can do nothing but ask people whether their account may
    /// go along.
    #[must_use]
    pub fn is_for_transfers(&self) -> bool {
        let types = self.authorization_details_types.as_deref();
        let types_fit = matches!(types, Some([one]) if one == ACCOUNT_TRANSFER);
        let grants_fit = self.grant_types == [GrantType::AuthorizationCode];
        self.is_public() && types_fit && grants_fit && self.scopes().is_empty()
    }

    /// Whether the client cannot keep a secret.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.token_endpoint_auth_method == AuthMethod::None
    }
}
