//! The guides in `docs/clients` show the very files that the tests in
//! `tests/browser/parties` run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

/// What each guide must show, at the least.
const SHOWN: [(&str, &[&str]); 6] = [
    ("README.md", &["business.json", "plan.json"]),
    (
        "openid-client.md",
        &["openid-client/client.json", "openid-client/sluis.mjs"],
    ),
    (
        "oidc-client-ts.md",
        &[
            "oidc-client-ts/client.json",
            "oidc-client-ts/config.json",
            "oidc-client-ts/sluis.js",
        ],
    ),
    ("authlib.md", &["authlib/client.json", "authlib/sluis.py"]),
    (
        "mod_auth_openidc.md",
        &[
            "mod_auth_openidc/client.json",
            "mod_auth_openidc/sluis.conf",
        ],
    ),
    (
        "fapi2-openid-client.md",
        &["fapi2/client.json", "fapi2/keys.mjs", "fapi2/sluis.mjs"],
    ),
];

/// The examples of a guide in JSON, by name.
pub(crate) fn examples(guide: &'static str) -> BTreeMap<&'static str, Value> {
    let mut examples = BTreeMap::new();
    for block in guide.split("\n```json ").skip(1) {
        let (name, rest) = block.split_once('\n').expect("a name");
        let (body, _) = rest.split_once("\n```").expect("an end");
        let body: Value = serde_json::from_str(body).expect(name);
        assert!(examples.insert(name, body).is_none(), "{name} twice");
    }
    examples
}

/// A fenced block: the language, the file that it says to be, and its text.
struct Block {
    language: String,
    file: Option<String>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let (language, file) = info.split_once(' ').unzip();
        let text: String = lines
            .by_ref()
            .take_while(|line| *line != "```")
            .flat_map(|line| [line, "\n"])
            .collect();
        blocks.push(Block {
            language: language.unwrap_or(info).to_owned(),
            file: file.map(str::to_owned),
            text,
        });
    }
    blocks
}

/// What is wrong with a page, for a reader of files.
fn problems(page: &str, shown: &[&str], read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut problems = Vec::new();
    let blocks = blocks(page);
    for block in &blocks {
        match &block.file {
            Some(file) if read(file).as_ref() != Some(&block.text) => {
                problems.push(format!("{file} is not what the page shows"));
            }
            Some(_) => {}
            None if block.language == "sh" => {}
            None => problems.push(format!(
                "a block of {} names no file, so that nothing tests it",
                block.language
            )),
        }
    }
    for name in shown {
        let file = format!("tests/parties/{name}");
        if !blocks
            .iter()
            .any(|block| block.file.as_ref() == Some(&file))
        {
            problems.push(format!("{file} is not shown"));
        }
    }
    problems
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/clients")
}

#[test]
fn guides_show_the_files_that_the_tests_run() {
    let read = |file: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        std::fs::read_to_string(path).ok()
    };
    for (name, shown) in SHOWN {
        let page = std::fs::read_to_string(folder().join(name)).expect(name);
        let problems = problems(&page, shown, read);
        assert!(problems.is_empty(), "{name}: {problems:#?}");
    }
}

#[test]
fn every_guide_is_held_to_that_and_the_first_leads_to_it() {
    let index = std::fs::read_to_string(folder().join("README.md")).expect("an index");
    for entry in folder().read_dir().expect("a folder") {
        let name = entry.expect("an entry").file_name();
        let name = name.to_str().expect("a text");
        assert!(SHOWN.iter().any(|(guide, _)| *guide == name), "{name}");
        assert!(
            name == "README.md" || index.contains(&format!("({name})")),
            "{name}"
        );
    }
}

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn the_guide_to_exports_names_every_member() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let guide = std::fs::read_to_string(docs.join("export.md")).expect("a guide");
    let schema = docs.join("schemas/export-v1.json");
    let schema = std::fs::read_to_string(schema).expect("a schema");
    let schema: serde_json::Value = serde_json::from_str(&schema).expect("JSON");
    let members = schema["properties"].as_object().expect("members").keys();
    let members: BTreeSet<&str> = members.map(String::as_str).collect();
    let (_, table) = guide.split_once("| member |").expect("a table");
    let rows = table.lines().skip(1).take_while(|row| row.starts_with('|'));
    let named: BTreeSet<&str> = rows
        .flat_map(|row| quoted(row.split('|').nth(1).unwrap_or_default()))
        .collect();
    assert_eq!(named, members);
}

#[test]
fn a_guide_that_differs_is_noticed() {
    let read = |file: &str| (file == "tests/parties/a.json").then(|| "{}\n".to_owned());
    let of = |page: &str| problems(page, &["a.json"], read).len();
    assert_eq!(
        of("```json tests/parties/a.json\n{}\n```\n```sh\nls\n```\n"),
        0
    );
    assert_eq!(of("```json tests/parties/a.json\n{ }\n```\n"), 1);
    assert_eq!(
        of("```json tests/parties/a.json\n{}\n```\n```js\nf()\n```\n"),
        1
    );
    assert_eq!(of("```json tests/parties/b.json\n{}\n```\n"), 2);
    assert_eq!(of("nothing"), 1);
}
