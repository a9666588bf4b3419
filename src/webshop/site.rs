//! The two sites: what sets them apart as clients.

/// One of the demonstration's relying parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// Fietsenwinkel De Ketting: sells bicycles and needs an address.
    Shop,
    /// De Ochtendpost: a newspaper that needs to know nothing.
    Newspaper,
}

impl Site {
    /// Both sites.
    pub const ALL: [Self; 2] = [Self::Shop, Self::Newspaper];

    /// What it calls itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shop => "De Ketting",
            Self::Newspaper => "De Ochtendpost",
        }
    }

    /// Its data plan, as `sluis client add --plan` takes it.
    #[must_use]
    pub const fn plan_json(self) -> &'static str {
        match self {
            Self::Shop => include_str!("plans/shop-plan.json"),
            Self::Newspaper => include_str!("plans/news-plan.json"),
        }
    }

    /// Its business, as `sluis business add` takes it.
    #[must_use]
    pub const fn business_json(self) -> &'static str {
        match self {
            Self::Shop => include_str!("plans/shop-business.json"),
            Self::Newspaper => include_str!("plans/news-business.json"),
        }
    }

    /// Its client metadata (RFC 7591 §2, and Sluis's `business` and
    /// `security_profile`), with places for `{own_url}` and `{business}`.
    #[must_use]
    pub const fn client_json_template(self) -> &'static str {
        match self {
            Self::Shop => include_str!("plans/shop-client.json"),
            Self::Newspaper => include_str!("plans/news-client.json"),
        }
    }

    /// Its client metadata, as `sluis client add` takes it.
    #[must_use]
    pub fn client_json(self, own_url: &str, business: &str) -> String {
        self.client_json_template()
            .replace("{own_url}", own_url.trim_end_matches('/'))
            .replace("{business}", business)
    }

    /// Where its owner looks behind the scenes, if there is anything to see.
    #[must_use]
    pub fn keeper_page(self, own_url: &str) -> Option<String> {
        self.is_shop().then(|| format!("{own_url}/keeper"))
    }

    /// The scopes beyond `openid` that it asks for.
    pub(super) const fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Shop => &["profile", "email", "address", "phone", "offline_access"],
            Self::Newspaper => &["email", "offline_access"],
        }
    }

    /// Browsers do not keep cookies apart by port, so each site names its own.
    pub(super) const fn cookie(self) -> &'static str {
        match self {
            Self::Shop => "shop-session",
            Self::Newspaper => "news-session",
        }
    }

    pub(super) const fn is_shop(self) -> bool {
        matches!(self, Self::Shop)
    }
}
