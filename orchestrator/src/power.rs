//! What a plan can show at all: the blocks that a claim needs, and batches too short to be trusted.

use std::time::{Duration, Instant};

use harness::human;

use crate::cell::Cell;
use crate::estimate;
use crate::plan::{FEWEST_BLOCKS, Plan};
use crate::stats::Alpha;

/// Trials whose batches take less together are never tried again when something disturbed them, since that cannot be told
/// of so short a time.
const SHORT: Duration = Duration::from_millis(20);
/// Batches of fewer clock reads are a few percent clock.
const CLOCK_READS: u32 = 1000;

/// The cells of one workload and size.
struct Group<'a> {
    name: (String, u64),
    cells: Vec<&'a Cell>,
}

fn groups(cells: &[Cell]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group> = Vec::new();
    for cell in cells {
        let name = (cell.workload.to_string(), cell.jobs);
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.cells.push(cell),
            None => groups.push(Group { name, cells: vec![cell] }),
        }
    }
    groups
}

impl Group<'_> {
    /// How many comparisons are claimed together: all but the reference, which is `serial` or the pool with a twin.
    fn comparisons(&self) -> usize {
        let has_reference = self.cells.iter().any(|cell| cell.pool == "serial" || cell.is_twin());
        let own = self.cells.iter().filter(|cell| !cell.is_twin()).count();
        if has_reference { own.saturating_sub(1) } else { 0 }
    }

    /// The shortest of what `time` guesses of the cells.
    fn shortest(&self, time: impl Fn(&Cell) -> Duration) -> Duration {
        self.cells.iter().map(|cell| time(cell)).min().unwrap_or_default()
    }
}

/// Whether any cell is compared with another.
pub fn compares(cells: &[Cell]) -> bool {
    groups(cells).iter().any(|group| group.comparisons() > 0)
}

/// The fewest blocks at which the clearest difference could be claimed in every family; 10 at the least.
pub fn fewest_blocks(cells: &[Cell]) -> u64 {
    let most = groups(cells).iter().map(Group::comparisons).max().unwrap_or(0);
    FEWEST_BLOCKS.max(Alpha::FIVE_PERCENT.shared_by(most).fewest_blocks() as u64)
}

/// What a reader of the plan should know beforehand, a sentence each.
pub fn warnings(plan: &Plan) -> Vec<String> {
    let fewest = fewest_blocks(&plan.cells);
    let few = (plan.blocks < fewest).then(|| {
        format!(
            "{} blocks can make no claim where so many pools are compared together: {fewest} are the fewest, 20 are usual",
            plan.blocks
        )
    });
    let clock = clock_read() * CLOCK_READS;
    few.into_iter().chain(groups(&plan.cells).iter().filter_map(|group| short(group, clock))).collect()
}

/// Whether a group's batches are short, and which number of jobs would be long enough.
fn short(group: &Group, clock: Duration) -> Option<String> {
    let batch = group.shortest(estimate::batch);
    let together = group.shortest(|cell| estimate::batch(cell) * u32::try_from(cell.batches).unwrap_or(u32::MAX));
    let (name, jobs) = &group.name;
    let (time, wanted, effect) = match (batch < clock, together < SHORT) {
        (true, _) => (batch, clock, "a batch, shorter than 1000 clock reads, which it is then measured with"),
        (false, true) => {
            (together, SHORT, "for all batches of a trial, under 20 ms: disturbed ones are not tried again")
        }
        (false, false) => return None,
    };
    if time.is_zero() || *jobs == 0 {
        return None;
    }
    let about = human::time(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    let enough = round_up(u128::from(*jobs) * wanted.as_nanos() / time.as_nanos() + 1);
    Some(format!("short: {name} x {jobs} takes about {about} {effect}; {enough} jobs are long enough"))
}

/// The next of 1, 2 and 5 times a power of ten.
fn round_up(number: u128) -> u128 {
    let steps = (0..30).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u128.pow(power)));
    steps.into_iter().find(|step| *step >= number).unwrap_or(number)
}

fn clock_read() -> Duration {
    let begun = Instant::now();
    for _ in 1..CLOCK_READS {
        std::hint::black_box(Instant::now());
    }
    begun.elapsed() / CLOCK_READS
}
