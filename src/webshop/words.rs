//! The words in which the sites tell what they know, and why.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::lang::Lang;

/// The names of the claims that OpenID Connect has none for begin with this;
/// Sluis's documentation lists them.
const CLAIM_BASE: &str = "https://schemas.sluis.example/claims/";

/// Claims in the order of pages: key, Dutch, English.
pub(super) const CLAIMS: [(&str, &str, &str); 13] = [
    ("name", "Naam", "Name"),
    ("given_name", "Voornaam", "Given name"),
    ("family_name", "Achternaam", "Family name"),
    ("nickname", "Roepnaam", "Nickname"),
    ("email", "E-mailadres", "E-mail address"),
    ("phone_number", "Telefoonnummer", "Phone number"),
    ("address", "Adres", "Address"),
    ("delivery_address", "Bezorgadres", "Delivery address"),
    ("payment_account", "Rekeningnummer", "Payment account"),
    ("birthdate", "Geboortedatum", "Date of birth"),
    ("gender", "Geslacht", "Gender"),
    ("preferences", "Voorkeuren", "Preferences"),
    ("locale", "Taal", "Language"),
];

/// Claims that say something about another claim or the answer itself.
pub(super) const ATTENDANTS: [&str; 6] = [
    "sub",
    "email_verified",
    "phone_number_verified",
    "updated_at",
    "iss",
    "aud",
];

const CHANNELS: [(&str, &str, &str); 4] = [
    ("email", "per e-mail", "by e-mail"),
    ("sms", "per sms", "by text message"),
    ("phone", "per telefoon", "by telephone"),
    ("post", "per post", "by post"),
];

const PERMISSIONS: [(&str, &str, &str); 3] = [
    (
        "analytics",
        "uw gedrag onderzoeken",
        "analyse your behaviour",
    ),
    (
        "personalisation",
        "het aanbod aan u aanpassen",
        "adapt the offer to you",
    ),
    (
        "omnichannel_collection",
        "winkel, site en telefoon samenvoegen",
        "join shop, site and telephone",
    ),
];

const MONTHS: [(&str, &str); 12] = [
    ("januari", "January"),
    ("februari", "February"),
    ("maart", "March"),
    ("april", "April"),
    ("mei", "May"),
    ("juni", "June"),
    ("juli", "July"),
    ("augustus", "August"),
    ("september", "September"),
    ("oktober", "October"),
    ("november", "November"),
    ("december", "December"),
];

fn find(table: &[(&str, &str, &str)], key: &str, lang: Lang) -> String {
    table
        .iter()
        .find(|(known, ..)| *known == key)
        .map_or(key, |(_, nl, en)| lang.t(nl, en))
        .to_owned()
}

pub(super) fn claim(key: &str, lang: Lang) -> String {
    find(&CLAIMS, key, lang)
}

pub(super) fn channel(key: &str, lang: Lang) -> String {
    find(&CHANNELS, key, lang)
}

pub(super) fn permission(key: &str, lang: Lang) -> String {
    find(&PERMISSIONS, key, lang)
}

/// The legal ground, from the receipt's DPV term or from Sluis's own word.
pub(super) fn basis(term: &str, lang: Lang) -> String {
    let (nl, en) = match term {
        "eu-gdpr:A6-1-a" | "consent" => ("uw toestemming", "your consent"),
        "eu-gdpr:A6-1-b" | "contract" => ("onze overeenkomst", "our contract"),
        "eu-gdpr:A6-1-c" | "legal_obligation" => ("de wet", "the law"),
        "eu-gdpr:A6-1-d" | "vital_interests" => ("een levensbelang", "a vital interest"),
        "eu-gdpr:A6-1-e" | "public_task" => ("een publieke taak", "a public task"),
        "eu-gdpr:A6-1-f" | "legitimate_interest" => ("ons belang", "our interest"),
        other => (other, other),
    };
    lang.t(nl, en).to_owned()
}

/// Whether the ground is a legal duty: what it covers outlives a withdrawal.
pub(super) fn is_legal_duty(term: &str) -> bool {
    matches!(term, "eu-gdpr:A6-1-c" | "legal_obligation")
}

pub(super) fn tier(key: &str, lang: Lang) -> String {
    let (nl, en) = match key {
        "anonymous" => ("anoniem", "anonymous"),
        "low" => ("laag", "low"),
        "medium" => ("midden", "medium"),
        "high" => ("hoog", "high"),
        other => (other, other),
    };
    lang.t(nl, en).to_owned()
}

/// A moment (RFC 3339) as a date.
pub(super) fn date(moment: &str, lang: Lang) -> Option<String> {
    Some(day_of(moment.parse().ok()?, lang))
}

/// The day of a moment.
pub(super) fn day_of(moment: Timestamp, lang: Lang) -> String {
    day(moment.to_zoned(TimeZone::UTC).date(), lang)
}

/// A date.
pub(super) fn day(date: Date, lang: Lang) -> String {
    let month = usize::try_from(date.month() - 1)
        .ok()
        .and_then(|month| MONTHS.get(month));
    let (nl, en) = month.copied().unwrap_or_default();
    format!("{} {} {}", date.day(), lang.t(nl, en), date.year())
}

/// The time of day of a moment, to the second.
pub(super) fn time_of(moment: Timestamp) -> String {
    moment.strftime("%H:%M:%S UTC").to_string()
}

/// Claims by their labels, as a list in a sentence.
pub(super) fn claims(names: &[String], lang: Lang) -> String {
    let labels: Vec<String> = names
        .iter()
        .map(|name| claim(short(name), lang).to_lowercase())
        .collect();
    labels.join(", ")
}

/// A claim's name without what makes it Sluis's own.
pub(super) fn short(name: &str) -> &str {
    name.strip_prefix(CLAIM_BASE).unwrap_or(name)
}

/// A period such as `P3M` in words.
pub(super) fn period(iso: &str, lang: Lang) -> String {
    let count = iso
        .strip_prefix('P')
        .map(|body| body.split_at(body.len().saturating_sub(1)))
        .and_then(|(digits, unit)| Some((digits.parse::<u32>().ok()?, unit)));
    let Some((count, unit)) = count else {
        return iso.to_owned();
    };
    let (count, unit) = match unit {
        "M" if count >= 12 && count % 12 == 0 => (count / 12, "Y"),
        unit => (count, unit),
    };
    let (nl, en) = match (unit, count) {
        ("D", 1) => ("dag", "day"),
        ("D", _) => ("dagen", "days"),
        ("W", 1) => ("week", "week"),
        ("W", _) => ("weken", "weeks"),
        ("M", 1) => ("maand", "month"),
        ("M", _) => ("maanden", "months"),
        ("Y", 1) => ("jaar", "year"),
        ("Y", _) => ("jaar", "years"),
        _ => return iso.to_owned(),
    };
    format!("{count} {}", lang.t(nl, en))
}
