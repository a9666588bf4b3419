//! The lines that are printed.

use crate::measure::Comparison;

/// Prints a heading, and what the columns below it are.
pub(crate) fn heading(title: &str, columns: [&str; 3]) {
    let [subject, floor, ratio] = columns;
    println!("\n{title}");
    println!("{:<24}{subject:>12}{floor:>12}{ratio:>8}  target", "");
}

/// Prints a subject beside its floor.
pub(crate) fn line(name: &str, result: &Comparison, target: f64) {
    let floor: f64 = result.parts.iter().map(|(_, cost)| cost).sum();
    println!(
        "{name:<24}{:>12.1}{floor:>12.1}{:>8.2}  ≤ {target}  {}",
        result.subject,
        result.ratio,
        verdict(result.ratio <= target)
    );
    if result.parts.len() > 1 {
        let parts: Vec<String> = result
            .parts
            .iter()
            .map(|(name, cost)| format!("{name} {cost:.1}"))
            .collect();
        println!("{:<24}{}", "", parts.join(" + "));
    }
}

/// Prints a figure that has no floor but a bound.
pub(crate) fn bound(name: &str, figure: f64, unit: &str, target: f64) {
    println!(
        "{name:<24}{figure:>12.1} {unit}  ≤ {target} {unit}  {}",
        verdict(figure <= target)
    );
}

/// Prints a figure that is to be as high as this.
pub(crate) fn at_least(name: &str, figure: f64, unit: &str, target: f64) {
    println!(
        "{name:<24}{figure:>12.1} {unit}  ≥ {target} {unit}  {}",
        verdict(figure >= target)
    );
}

/// Prints a figure for those who want to know.
pub(crate) fn note(text: &str) {
    println!("{:<24}{text}", "");
}

fn verdict(holds: bool) -> &'static str {
    if holds { "holds" } else { "MISSED" }
}
