//! The report of `check-pool` for programs.

use serde_json::{Value, json};

use super::book::Report;
use super::finding::{Check, Outcome, shell};

/// The whole report as one object.
pub(super) fn as_json(report: &Report) -> Value {
    json!({
        "pool": report.pool, "kept": report.broken() == 0 && !report.interrupted, "broken": report.broken(),
        "skipped": report.skipped(), "interrupted": report.interrupted,
        "checks": report.checks.iter().map(check).collect::<Vec<_>>(),
    })
}

/// One check: `ok`, `wrong` or `skipped`, and what there is to say of it.
fn check(check: &Check) -> Value {
    let what = &check.what;
    match &check.outcome {
        Outcome::Kept => json!({"what": what, "outcome": "ok"}),
        Outcome::Skipped(why) => json!({"what": what, "outcome": "skipped", "why": why}),
        Outcome::Again(earlier) => json!({"what": what, "outcome": "wrong", "same_as": earlier}),
        Outcome::Broken(finding) => json!({
            "what": what, "outcome": "wrong", "rule": finding.rule.heading(), "expected": finding.expected,
            "got": finding.got, "advice": finding.advice, "command": shell(&finding.command), "stderr": finding.stderr,
        }),
    }
}
