//! What is answered: a checksum of many jobs, or every single result with its time.

use std::ops::Range;
use std::thread;
use std::time::Instant;

use harness::checksum;
use harness::own::Library;
use serde_json::{Value, json};

/// The answer to a question; nothing where it cannot be read.
pub(crate) fn to(library: &Library, question: &str) -> Option<Value> {
    let words: Vec<&str> = question.split_whitespace().collect();
    let [what, first, end, threads] = words[..] else { return None };
    let (jobs, threads) = (first.parse().ok()?..end.parse().ok()?, threads.parse().ok()?);
    match what {
        "sum" => Some(sum(library, jobs, threads)),
        "each" => Some(each(library, &jobs, threads)),
        _ => None,
    }
}

/// What some jobs came to.
#[derive(Clone, Copy, Default)]
struct Sum {
    checksum: u64,
    failed: u64,
    first_failed: Option<u64>,
}

impl Sum {
    fn of(library: &Library, jobs: impl Iterator<Item = u64>) -> Self {
        jobs.fold(Self::default(), |sum, index| match library.run(index) {
            Ok(result) => Self { checksum: sum.checksum.wrapping_add(checksum::fold([(index, result)])), ..sum },
            Err(_) => Self { failed: sum.failed + 1, first_failed: sum.first_failed.or(Some(index)), ..sum },
        })
    }

    fn and(self, other: Self) -> Self {
        Self {
            checksum: self.checksum.wrapping_add(other.checksum),
            failed: self.failed + other.failed,
            first_failed: self.first_failed.into_iter().chain(other.first_failed).min(),
        }
    }
}

fn sum(library: &Library, jobs: Range<u64>, threads: usize) -> Value {
    let begun = Instant::now();
    let all = match threads {
        0 | 1 => Sum::of(library, jobs),
        _ => together(threads, |number| Sum::of(library, jobs.clone().skip(number).step_by(threads)))
            .into_iter()
            .fold(Sum::default(), Sum::and),
    };
    let ns = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
    json!({"checksum": checksum::text(all.checksum), "failed": all.failed, "first_failed": all.first_failed, "ns": ns})
}

/// A result and what it took, ns; the result is nothing where the job failed.
type Timed = (Option<u64>, u64);

/// Every thread runs all jobs, each from another one on, so that they meet at different ones.
fn each(library: &Library, jobs: &Range<u64>, threads: usize) -> Value {
    let count = usize::try_from(jobs.end.saturating_sub(jobs.start)).unwrap_or(0);
    let timed = |index: u64| -> Timed {
        let begun = Instant::now();
        let result = library.run(index).ok();
        (result, u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX))
    };
    let run = |number: usize| {
        let mut all: Vec<Timed> = vec![(None, 0); count];
        for (at, index) in (0..count).zip(jobs.clone()).cycle().skip(number * count / threads.max(1)).take(count) {
            all[at] = timed(index);
        }
        all
    };
    let all = together(threads.max(1), run);
    let first = all.first().cloned().unwrap_or_default();
    let differs = |at: &usize| all.iter().any(|one| one[*at].0 != first[*at].0);
    let differing: Vec<u64> = (0..count).filter(differs).map(|at| jobs.start + at as u64).collect();
    let text = |(result, _): &Timed| result.map(|result| format!("{result:x}"));
    json!({
        "results": first.iter().map(text).collect::<Vec<_>>(),
        "ns": first.iter().map(|(_, ns)| ns).collect::<Vec<_>>(),
        "differing": differing,
    })
}

/// What `count` threads that begin together come to.
fn together<T: Send>(count: usize, run: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let run = &run;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|number| scope.spawn(move || run(number))).collect();
        // What a job of foreign code could throw ends the process.
        threads.into_iter().map(|thread| thread.join().expect("no thread panics")).collect()
    })
}
