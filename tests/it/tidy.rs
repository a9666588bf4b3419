//! Holds the shape of the house: who may know whom, who alone speaks SQL or
//! reads the time, how large a file may grow, and what lies at the top.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each layer uses only those above it. Modules of one line are siblings that
/// never import each other. (`domain` stands on top, since `config` and `clock`
/// speak in its types and it may know neither.)
const LAYERS: [&[&str]; 17] = [
    &["domain"],
    &["config"],
    &["clock"],
    &["random"],
    &["crypto"],
    &["store"],
    &["outbound"],
    &["mail"],
    &["i18n"],
    &["app"],
    &["service"],
    &["web"],
    &["protocol", "pages", "console", "jobs"],
    &["server"],
    // An ordinary relying party: it knows nobody, and only the demo starts it.
    &["webshop"],
    &["cli"],
    &["lib", "main"],
];

/// Who measures the length of a wait, which is not the time of day.
const MAY_MEASURE: &[(&str, &str)] = &[
    (
        "src/server/stream.rs",
        "a connection's patience is no clock of the domain",
    ),
    (
        "src/service/pace.rs",
        "a wait for the next piece of a file is no time of the domain",
    ),
    (
        "src/store/file.rs",
        "the age of a database connection is no time of the domain",
    ),
    (
        "src/store/writer.rs",
        "how long a transaction takes is no time of the domain",
    ),
];

/// Files that hold one thing and are long all the same, each with the reason.
const LONG: &[(&str, &str)] = &[
    (
        "tests/browser/journey/main_job.rs",
        "one walk through the main job, from basket to withdrawal",
    ),
    (
        "tests/it/protocol/authorize.rs",
        "a row for each check of the authorization endpoint",
    ),
    (
        "tests/it/tidy.rs",
        "the rules, and a test that each can fail",
    ),
];

const MOST_LINES: usize = 400;

/// What lies at the top, besides dot-files and what git ignores.
const TOP: [&str; 14] = [
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "benches",
    "build.rs",
    "docs",
    "i18n.toml",
    "keys",
    "migrations",
    "src",
    "templates",
    "tests",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A source file: its path from the top, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The module of the first level that it belongs to.
    fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let first = inside.split('/').next().unwrap_or(inside);
        first.trim_end_matches(".rs")
    }

    /// The text without comments. A `//` after a colon is that of a URL.
    fn code(&self) -> String {
        let mut code = String::new();
        for line in self.text.lines() {
            let comment = line
                .match_indices("//")
                .find(|(at, _)| !line[..*at].ends_with(':'));
            code.push_str(comment.map_or(line, |(at, _)| &line[..at]));
            code.push('\n');
        }
        code
    }

    /// How many lines it has, tests aside: a table of cases may be long.
    fn lines(&self) -> usize {
        if self.path.starts_with("src/") && self.path.ends_with("/tests.rs") {
            return 0;
        }
        let tests = self.text.find("#[cfg(test)]\nmod tests {");
        let code = &self.text[..tests.unwrap_or(self.text.len())];
        code.lines().count()
    }
}

fn sources(folder: &str) -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in folder.read_dir().expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    let folder = root().join(folder);
    if folder.exists() {
        walk(&folder, &mut found);
    }
    found.sort();
    found
        .into_iter()
        .map(|path| Source {
            path: path
                .strip_prefix(root())
                .expect("below the top")
                .to_str()
                .expect("a path in UTF-8")
                .to_owned(),
            text: std::fs::read_to_string(&path).expect("a readable file"),
        })
        .collect()
}

/// The modules of the first level that a code mentions as `crate::…`.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(first_names(group)),
            None => found.extend(name_at_start(rest)),
        }
    }
    found
}

fn name_at_start(text: &str) -> Option<String> {
    let name: String = text
        .trim_start()
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    (!name.is_empty()).then_some(name)
}

/// Of `a::b, c::{d, e}}` what stands first in each: a and c.
fn first_names(group: &str) -> Vec<String> {
    let mut names = Vec::from_iter(name_at_start(group));
    let mut depth = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.extend(name_at_start(&group[at + 1..])),
            _ => {}
        }
    }
    names
}

fn rank(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// What is wrong with who knows whom.
fn strange_imports(source: &Source) -> Vec<String> {
    let module = source.module();
    let path = &source.path;
    let Some(own) = rank(module) else {
        return vec![format!("{path}: {module} is in no layer")];
    };
    imports(&source.code())
        .into_iter()
        .filter(|import| import != module)
        .filter_map(|import| {
            let other = rank(&import)?;
            let below = other >= own;
            let private = import == "webshop" && module != "cli";
            let alone = module == "webshop";
            (below || private || alone).then(|| format!("{path}: {module} must not know {import}"))
        })
        .collect()
}

/// Whether `word` stands in `code` by itself.
fn mentions(code: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        !code[..at].ends_with(part_of_name) && !code[at + word.len()..].starts_with(part_of_name)
    })
}

fn stray_sql(source: &Source) -> Vec<String> {
    let stray = source.module() != "store" && mentions(&source.code(), "sqlx");
    Vec::from_iter(stray.then(|| format!("{}: only store/ speaks SQL", source.path)))
}

fn stray_clocks(source: &Source) -> Vec<String> {
    let free =
        source.path == "src/clock.rs" || MAY_MEASURE.iter().any(|(path, _)| *path == source.path);
    let code = source.code();
    let stray = !free
        && [
            "Timestamp",
            "Zoned",
            "SystemTime",
            "Instant",
            "Utc",
            "Local",
        ]
        .iter()
        .any(|teller| mentions(&code, &format!("{teller}::now")));
    Vec::from_iter(stray.then(|| format!("{}: only clock.rs reads the time", source.path)))
}

fn too_long(source: &Source) -> Vec<String> {
    let lines = source.lines();
    let long = lines > MOST_LINES && !LONG.iter().any(|(path, _)| *path == source.path);
    Vec::from_iter(long.then(|| {
        format!(
            "{}: {lines} lines; do two things share this home?",
            source.path
        )
    }))
}

fn stray_at_top<'a>(names: impl IntoIterator<Item = &'a str>, ignored: &str) -> Vec<String> {
    let is_ignored = |name: &str| {
        ignored
            .lines()
            .filter_map(|line| line.strip_prefix('/'))
            .any(|pattern| match pattern.strip_suffix('*') {
                Some(start) => name.starts_with(start),
                None => name == pattern,
            })
    };
    names
        .into_iter()
        .filter(|name| !name.starts_with('.') && !TOP.contains(name) && !is_ignored(name))
        .map(|name| format!("{name} has no place at the top"))
        .collect()
}

fn check(sources: &[Source], rule: impl Fn(&Source) -> Vec<String>) {
    assert!(!sources.is_empty());
    let wrong: Vec<String> = sources.iter().flat_map(rule).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_module_knows_only_those_above_it() {
    check(&sources("src"), strange_imports);
}

#[test]
fn only_the_store_speaks_sql() {
    check(&sources("src"), stray_sql);
}

#[test]
fn only_the_clock_reads_the_time() {
    check(&sources("src"), stray_clocks);
}

#[test]
fn no_file_is_home_to_two_things() {
    for folder in ["src", "tests"] {
        check(&sources(folder), too_long);
    }
}

#[test]
fn nothing_lies_at_the_top_without_a_reason() {
    let names: Vec<String> = root()
        .read_dir()
        .expect("the top")
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    let ignored = std::fs::read_to_string(root().join(".gitignore")).expect("a .gitignore");
    let wrong = stray_at_top(names.iter().map(String::as_str), &ignored);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn exceptions_are_needed() {
    for (path, reason) in MAY_MEASURE.iter().chain(LONG) {
        assert!(root().join(path).exists(), "{path} is gone ({reason})");
    }
    for (path, _) in LONG {
        let text = std::fs::read_to_string(root().join(path)).expect("a readable file");
        let source = Source {
            path: (*path).to_owned(),
            text,
        };
        assert!(source.lines() > MOST_LINES, "{path} is short by now");
    }
}

/// The rules themselves, on code that breaks them.
mod rules {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    fn strange(path: &str, text: &str) -> usize {
        strange_imports(&source(path, text)).len()
    }

    #[test]
    fn an_import_from_below_is_noticed_in_every_form() {
        assert_eq!(
            strange("src/domain/grant.rs", "use crate::store::Store;"),
            1
        );
        assert_eq!(
            strange("src/service/login.rs", "fn f(x: &crate::pages::X) {}"),
            1
        );
        let group = "use crate::{\n    clock::Clock,\n    pages::{a, web},\n    cli,\n};";
        assert_eq!(strange("src/store/mod.rs", group), 2);
        assert_eq!(strange("src/config.rs", "pub(crate) use crate::web;"), 1);
        assert_eq!(strange("src/surprise.rs", ""), 1);
    }

    #[test]
    fn entrances_do_not_know_each_other() {
        assert_eq!(
            strange("src/pages/consent.rs", "use crate::protocol::token;"),
            1
        );
        assert_eq!(
            strange("src/protocol/mod.rs", "use crate::pages::consent;"),
            1
        );
    }

    #[test]
    fn the_webshop_knows_nobody_and_only_the_demo_knows_it() {
        assert_eq!(
            strange("src/webshop/mod.rs", "use crate::domain::tier::Tier;"),
            1
        );
        assert_eq!(strange("src/cli/demo.rs", "use crate::webshop;"), 0);
        assert_eq!(strange("src/server.rs", "use crate::webshop;"), 1);
    }

    #[test]
    fn what_is_above_or_inside_or_a_comment_is_fine() {
        let fine = "
            // crate::cli is told about elsewhere
            //! See [`crate::server`].
            use crate::store::{grants, tokens};
            use crate::service::other;
            use crate::domain::id::GrantId;
            use somecrate::pages;
        ";
        assert_eq!(strange("src/service/login.rs", fine), 0);
    }

    #[test]
    fn sql_outside_the_store_is_noticed() {
        let stray = |path, text| stray_sql(&source(path, text)).len();
        assert_eq!(stray("src/service/login.rs", "fn f(e: sqlx::Error) {}"), 1);
        assert_eq!(stray("src/store/grants.rs", "use sqlx::Any;"), 0);
        assert_eq!(stray("src/web/mod.rs", "// not even sqlx"), 0);
    }

    #[test]
    fn a_clock_outside_the_clock_is_noticed() {
        let stray = |path, text| stray_clocks(&source(path, text)).len();
        assert_eq!(
            stray("src/service/login.rs", "let t = jiff::Timestamp::now();"),
            1
        );
        assert_eq!(stray("src/web/limits.rs", "std::time::Instant::now()"), 1);
        assert_eq!(stray("src/clock.rs", "jiff::Timestamp::now()"), 0);
        assert_eq!(stray("src/service/login.rs", "clock.now()"), 0);
    }

    #[test]
    fn a_file_that_grew_too_long_is_noticed_and_its_tests_do_not_count() {
        let code = "fn f() {}\n".repeat(MOST_LINES);
        let tests = format!("{code}#[cfg(test)]\nmod tests {{\n{code}}}\n");
        assert_eq!(too_long(&source("src/a.rs", &tests)).len(), 0);
        assert_eq!(
            too_long(&source("src/a.rs", &format!("{code}// more\n"))).len(),
            1
        );
    }

    #[test]
    fn a_stray_file_at_the_top_is_noticed() {
        let ignored = "/target\n/sluis.db*\n";
        let names = ["src", ".ci", "target", "sluis.db-wal", "notes.txt"];
        assert_eq!(
            stray_at_top(names, ignored),
            ["notes.txt has no place at the top"]
        );
    }
}
