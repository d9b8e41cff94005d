//! How far a run is, on stderr: a bar on a terminal, a line a block elsewhere. Drawn between trials only, since on two
//! cores drawing is load.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use harness::human;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::plan::Plan;
use crate::plan::budget::Expected;
use crate::process::tell;

/// Between two lines.
const TOLD_EVERY: Duration = Duration::from_millis(500);

/// The progress of a run.
#[derive(Debug)]
pub struct Display {
    bar: ProgressBar,
    on_terminal: bool,
    /// Time of a trial of each cell: the mean of those measured, or guessed and scaled by how wrong the guesses were.
    guessed: Vec<Duration>,
    measured: Vec<(Duration, u32)>,
    left: Vec<u64>,
    not_ok: u64,
    begun: Instant,
    /// When a line was last written.
    told: Option<Instant>,
}

impl Display {
    /// For a run of which `left` trials are to be done for each cell.
    pub fn new(plan: &Plan, left: Vec<u64>) -> Self {
        let on_terminal = std::io::stderr().is_terminal();
        let total = left.iter().sum();
        let target = if on_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} trials, {msg}");
        bar.set_style(style.expect("the template is well-formed"));
        Self {
            bar,
            on_terminal,
            guessed: plan.cells.iter().map(|cell| plan.trial_estimate(cell)).collect(),
            measured: vec![(Duration::ZERO, 0); plan.cells.len()],
            left,
            not_ok: 0,
            begun: Instant::now(),
            told: None,
        }
    }

    /// A trial of `cell` is over.
    pub fn trial(&mut self, cell: usize, took: Duration, ok: bool) {
        let (sum, count) = &mut self.measured[cell];
        (*sum, *count) = (*sum + took, *count + 1);
        self.left[cell] = self.left[cell].saturating_sub(1);
        self.not_ok += u64::from(!ok);
        self.bar.inc(1);
        if self.on_terminal {
            self.bar.set_message(self.remaining());
        }
    }

    /// The blocks were lowered: so many trials of each cell are left.
    pub fn shorten(&mut self, left: Vec<u64>) {
        self.left = left;
        self.bar.set_length(self.bar.position() + self.left.iter().sum::<u64>());
    }

    /// No trial of `cell` comes any more.
    pub fn give_up(&mut self, cell: usize) {
        self.left[cell] = 0;
        self.bar.set_length(self.bar.position() + self.left.iter().sum::<u64>());
    }

    /// A block is over; where no bar is drawn this is a line, but not for every block of a run with hundreds a second.
    pub fn block(&mut self, block: u64, blocks: u64) {
        let is_due = block == blocks || self.told.is_none_or(|told| told.elapsed() >= TOLD_EVERY);
        if !self.on_terminal && is_due {
            self.told = Some(Instant::now());
            tell(format_args!("block {block} of {blocks} done, {}", self.remaining()));
        }
    }

    /// The run is over: how long it took and how many trials were not ok.
    pub fn finish(self) -> (Duration, u64) {
        self.bar.finish_and_clear();
        (self.begun.elapsed(), self.not_ok)
    }

    fn remaining(&self) -> String {
        let means = self.measured.iter().map(|(sum, count)| sum.checked_div(*count));
        let pairs = || self.guessed.iter().zip(means.clone());
        let known = pairs().filter_map(|(guess, measured)| Some((guess, measured?)));
        let (guess, truth) = known.fold((0.0, 0.0), |sum, (g, m)| (sum.0 + g.as_secs_f64(), sum.1 + m.as_secs_f64()));
        let scale = if guess > 0.0 { truth / guess } else { 1.0 };
        let each = pairs().map(|(guess, measured)| measured.unwrap_or_else(|| guess.mul_f64(scale)));
        let left: f64 = each.zip(&self.left).map(|(time, count)| time.as_secs_f64() * count_f64(*count)).sum();
        let left = Duration::try_from_secs_f64(left).unwrap_or(Duration::MAX);
        format!("{} not ok, about {} left", self.not_ok, human::seconds(left))
    }
}

/// How long a run takes, for people: without and with what is tried again.
pub fn expected(time: Expected) -> String {
    let [least, most] = [time.undisturbed, time.disturbed].map(human::seconds);
    format!("about {least}, up to {most} if others disturb it")
}

fn count_f64(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let count = count as f64;
    count
}
