//! The forms of postal codes. A pattern is written as a code looks: `9` is a
//! digit, `A` a letter, `*` either, anything else itself.

use super::Country;
use super::form::Problem;

struct Form {
    country: &'static str,
    patterns: &'static [&'static str],
    example: &'static str,
}

const fn form(
    country: &'static str,
    patterns: &'static [&'static str],
    example: &'static str,
) -> Form {
    Form {
        country,
        patterns,
        example,
    }
}

/// After the addressing sheets of the Universal Postal Union, per country.
const FORMS: &[Form] = &[
    form("AT", &["9999"], "1010"),
    form("AU", &["9999"], "2000"),
    form("BE", &["9999"], "1000"),
    form("BG", &["9999"], "1000"),
    form("BR", &["99999-999"], "01310-100"),
    form("CA", &["A9A 9A9"], "K1A 0B1"),
    form("CH", &["9999"], "3011"),
    form("CY", &["9999"], "1010"),
    form("CZ", &["999 99"], "110 00"),
    form("DE", &["99999"], "10115"),
    form("DK", &["9999"], "1050"),
    form("EE", &["99999"], "10111"),
    form("ES", &["99999"], "28013"),
    form("FI", &["99999"], "00100"),
    form("FR", &["99999"], "75001"),
    form(
        "GB",
        &[
            "A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "A9A 9AA", "AA9A 9AA",
        ],
        "SW1A 1AA",
    ),
    form("GR", &["999 99"], "105 57"),
    form("HR", &["99999"], "10000"),
    form("HU", &["9999"], "1051"),
    form("IE", &["A** ****"], "D02 AF30"),
    form("IS", &["999"], "101"),
    form("IT", &["99999"], "00118"),
    form("JP", &["999-9999"], "100-0001"),
    form("LI", &["9999"], "9490"),
    form("LT", &["LT-99999"], "LT-01100"),
    form("LU", &["9999"], "1111"),
    form("LV", &["LV-9999"], "LV-1010"),
    form("MC", &["99999"], "98000"),
    form("MT", &["AAA 9999"], "VLT 1117"),
    form("NL", &["9999 AA"], "1012 JS"),
    form("NO", &["9999"], "0150"),
    form("NZ", &["9999"], "6011"),
    form("PL", &["99-999"], "00-001"),
    form("PT", &["9999-999"], "1100-148"),
    form("RO", &["999999"], "010011"),
    form("SE", &["999 99"], "111 20"),
    form("SI", &["9999"], "1000"),
    form("SK", &["999 99"], "811 01"),
    form("SM", &["99999"], "47890"),
    form("TR", &["99999"], "06050"),
    form("US", &["99999", "99999-9999"], "20500"),
    form("VA", &["99999"], "00120"),
];

/// The countries that write the code behind the town.
const CODE_FOLLOWS: &[&str] = &["AU", "CA", "GB", "IE", "JP", "LV", "NZ", "US"];

fn form_of(country: Country) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.country == country.alpha2())
}

/// Whether an address in this country is incomplete without a code.
pub(super) fn is_required(country: Country) -> bool {
    form_of(country).is_some()
}

/// Whether the code stands behind the town on an envelope.
pub(super) fn follows_locality(country: Country) -> bool {
    CODE_FOLLOWS.contains(&country.alpha2())
}

/// Checks a postal code and writes it as its country does. Of a country that
/// has no form here, anything short that could be a code is taken as it is.
pub(super) fn parse(text: &str, country: Country) -> Result<String, Problem> {
    let upper = text.trim().to_ascii_uppercase();
    if upper.is_empty() {
        return Err(Problem::Empty);
    }
    let Some(form) = form_of(country) else {
        return parse_leniently(&upper, country);
    };
    let bare = compact(without_country(&upper, form.country));
    let prefixed = format!("{}{bare}", form.country);
    [compact(&upper), bare, prefixed]
        .iter()
        .find_map(|code| form.patterns.iter().find_map(|p| write_as(p, code)))
        .filter(|code| !(form.country == "NL" && code.starts_with('0')))
        .ok_or(Problem::NotAPostalCode {
            country,
            example: form.example,
        })
}

/// Drops the country in front of a code, as it used to be written: `L-1111`,
/// `NL-1012 JS`.
fn without_country<'a>(code: &'a str, alpha2: &str) -> &'a str {
    match code.split_once('-') {
        Some((country, rest)) if country == alpha2 || Some(country) == alpha2.get(..1) => rest,
        _ => code,
    }
}

fn compact(code: &str) -> String {
    code.chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect()
}

fn write_as(pattern: &str, compact: &str) -> Option<String> {
    let mut written = String::with_capacity(pattern.len());
    let mut rest = compact.chars();
    for expected in pattern.chars() {
        if matches!(expected, ' ' | '-') {
            written.push(expected);
            continue;
        }
        let c = rest.next()?;
        let fits = match expected {
            '9' => c.is_ascii_digit(),
            'A' => c.is_ascii_uppercase(),
            '*' => c.is_ascii_alphanumeric(),
            literal => c == literal,
        };
        if !fits {
            return None;
        }
        written.push(c);
    }
    rest.next().is_none().then_some(written)
}

fn parse_leniently(code: &str, country: Country) -> Result<String, Problem> {
    let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let plausible = code.len() <= 12
        && code
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-'));
    if plausible {
        Ok(code)
    } else {
        Err(Problem::NotAPostalCode {
            country,
            example: "12345",
        })
    }
}
