//! What can be wrong with authorization details.

/// Why authorization details are refused: `invalid_authorization_details`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadDetails {
    /// They are no list of objects.
    NotDetails,
    /// A type that is not known.
    UnknownType,
    /// A member that the type does not have.
    UnknownMember,
    /// A value that a member cannot have.
    BadValue,
    /// One says it all.
    Several,
    /// The client did not register the type.
    NotRegistered,
    /// A purpose that is not in the client's plan.
    PurposeBeyond,
    /// A claim that is not in the purposes that are asked for.
    ClaimBeyond,
    /// A permission or channel that its purpose does not have.
    PermissionBeyond,
    /// Longer than the plan has it.
    RetentionBeyond,
    /// A claim that the tier does not hold.
    ClaimBeyondTier,
    /// More than was granted.
    BeyondGrant,
}

impl BadDetails {
    /// For whoever built the client.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotDetails => "authorization_details must be a JSON array of objects with a type",
            Self::UnknownType => {
                "authorization_details has a type that is not in authorization_details_types_supported"
            }
            Self::UnknownMember => {
                "authorization_details has a member that the type does not know: see its JSON Schema"
            }
            Self::BadValue => {
                "authorization_details has a value that its member cannot have: see its JSON Schema"
            }
            Self::Several => "authorization_details has more than one profile_release",
            Self::NotRegistered => {
                "this client did not register the type in authorization_details_types"
            }
            Self::PurposeBeyond => {
                "authorization_details names a purpose that is not in the client's plan"
            }
            Self::ClaimBeyond => {
                "authorization_details names a claim that no purpose asked for has in the client's plan"
            }
            Self::PermissionBeyond => {
                "authorization_details names a permission or channel that its purpose does not have \
                 in the client's plan"
            }
            Self::RetentionBeyond => {
                "authorization_details names a longer retention than the client's plan"
            }
            Self::ClaimBeyondTier => {
                "authorization_details names a claim that its tier does not hold"
            }
            Self::BeyondGrant => "authorization_details asks for more than was granted",
        }
    }
}
