//! What a race says before its first round.

use std::time::Duration;

use harness::human;

use crate::analysis::table::{Style, prose};
use crate::outcome::field::race_of;
use crate::outcome::rules::Rules;
use crate::outcome::words::case;
use crate::plan::Plan;
use crate::plan::cell::Cell;
use crate::plan::left_out;
use crate::record::machine::Machine;

/// Who runs, on what, and how long a round takes, in lines of this width.
pub fn first_screen(plan: &Plan, machine: &Machine, columns: usize) -> String {
    let race = race_of(plan);
    let entrants = &plan.cells[..race.entrants];
    let distinct = |word: fn(&Cell) -> String| {
        let mut seen: Vec<String> = Vec::new();
        for word in entrants.iter().map(word) {
            if !seen.contains(&word) {
                seen.push(word);
            }
        }
        seen
    };
    let pools = distinct(|cell| cell.pool.clone()).len();
    let workers = distinct(|cell| cell.workers.to_string()).join(", ");
    let chunks = distinct(|cell| cell.chunk.to_string()).join(", ");
    let mut lines = vec![
        format!(
            "race: {}: {} entrants, which are {pools} pools on {workers} workers with chunk {chunks}",
            case(plan),
            entrants.len()
        ),
        machine.sentence(),
        format!(
            "a round of all takes about {}; the slow ones leave from round {} on; at most {}, seed {}",
            human::seconds(plan.block_estimate()),
            Rules::default().first(),
            human::seconds(Duration::from_millis(plan.budget_ms)),
            plan.seed
        ),
    ];
    lines.extend(left_out::lines(&plan.left_out));
    lines.iter().map(|line| prose(Style::Terminal(columns), line)).collect::<Vec<_>>().join("\n")
}
