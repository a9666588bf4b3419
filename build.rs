//! Refuses to build when the languages differ: a phrase that one of them
//! lacks, or that takes other variables there, is an error here and not a
//! hole in somebody's page.
//!
//! `fl!` checks phrases against English alone, so this is the other half.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::{env, fs};

use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, PatternElement};

const LANGUAGES: [&str; 2] = ["en", "nl"];

/// The variables of each message.
type Phrases = BTreeMap<String, BTreeSet<String>>;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=i18n.toml");
    pack_relocations();
    // askama notes the templates that it read itself.
    let mut all = Vec::new();
    for language in LANGUAGES {
        let path = format!("src/i18n/{language}/sluis.ftl");
        println!("cargo::rerun-if-changed={path}");
        all.push((path.clone(), phrases(&path)?));
    }
    let mut differences = Vec::new();
    for (here, other) in [(0, 1), (1, 0)] {
        let ((path, have), (_, want)) = (&all[here], &all[other]);
        for (id, variables) in want {
            match have.get(id) {
                None => differences.push(format!("{path} lacks `{id}`")),
                Some(own) if own != variables && here == 0 => differences.push(format!(
                    "`{id}` takes {own:?} in {path}, and {variables:?} in the other language"
                )),
                Some(_) => {}
            }
        }
    }
    if differences.is_empty() {
        Ok(())
    } else {
        Err(differences.join("; ").into())
    }
}

/// A megabyte of relocations, read at every start and kept in memory since, becomes
/// some kilobytes: `DT_RELR`, which glibc has since 2.36.
#[expect(
    clippy::disallowed_methods,
    reason = "it is Cargo that says what is built, and no setting"
)]
fn pack_relocations() {
    let is =
        |part: &str, it: &str| env::var(format!("CARGO_CFG_TARGET_{part}")).as_deref() == Ok(it);
    if is("OS", "linux") && is("ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

fn phrases(path: &str) -> Result<Phrases, Box<dyn Error>> {
    let text = fs::read_to_string(path)?;
    let resource = fluent_syntax::parser::parse(text.as_str())
        .map_err(|(_, errors)| format!("{path}: {errors:?}"))?;
    let mut phrases = Phrases::new();
    for entry in &resource.body {
        let Entry::Message(message) = entry else {
            continue;
        };
        let mut variables = BTreeSet::new();
        if let Some(pattern) = &message.value {
            collect(&pattern.elements, &mut variables);
        }
        if phrases
            .insert(message.id.name.to_owned(), variables)
            .is_some()
        {
            return Err(format!("{path} has `{}` twice", message.id.name).into());
        }
    }
    Ok(phrases)
}

fn collect(elements: &[PatternElement<&str>], variables: &mut BTreeSet<String>) {
    for element in elements {
        match element {
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable { expression } => collect_expression(expression, variables),
        }
    }
}

fn collect_expression(expression: &Expression<&str>, variables: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => collect_inline(inline, variables),
        Expression::Select { selector, variants } => {
            collect_inline(selector, variables);
            for variant in variants {
                collect(&variant.value.elements, variables);
            }
        }
    }
}

fn collect_inline(inline: &InlineExpression<&str>, variables: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => collect_expression(expression, variables),
        InlineExpression::FunctionReference { arguments, .. } => {
            collect_arguments(arguments, variables);
        }
        InlineExpression::TermReference {
            arguments: Some(arguments),
            ..
        } => collect_arguments(arguments, variables),
        _ => {}
    }
}

fn collect_arguments(arguments: &CallArguments<&str>, variables: &mut BTreeSet<String>) {
    for inline in &arguments.positional {
        collect_inline(inline, variables);
    }
    for named in &arguments.named {
        collect_inline(&named.value, variables);
    }
}
