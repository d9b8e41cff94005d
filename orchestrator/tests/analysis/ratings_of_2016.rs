//! The rule `minmax-log` against the ratings that were published in 2016 of figures that are kept here.

use std::collections::BTreeMap;
use std::path::Path;

use orchestrator::models::ratings::minmax_log;

/// The ratings for time that were published in December 2016, of which `data/reference/pypool-dumps.csv` holds the figures:
/// the README of github.com/JohnStarich/python-pool-performance.
const PUBLISHED: [(&str, &str, f64); 12] = [
    ("large_compute_bound", "EventletPool", 5.0),
    ("large_compute_bound", "GeventPool", 5.0),
    ("large_compute_bound", "MultiprocessingProcessPool", 4.0),
    ("large_compute_bound", "MultiprocessingThreadPool", 4.0),
    ("large_compute_bound", "StandardProcessPool", 1.0),
    ("large_compute_bound", "StandardThreadPool", 4.0),
    ("large_network_bound", "EventletPool", 1.0),
    ("large_network_bound", "GeventPool", 3.0),
    ("large_network_bound", "MultiprocessingProcessPool", 5.0),
    ("large_network_bound", "MultiprocessingThreadPool", 3.0),
    ("large_network_bound", "StandardProcessPool", 5.0),
    ("large_network_bound", "StandardThreadPool", 3.0),
];

/// The slope of the least-squares line through these points.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = f64::from(u32::try_from(points.len()).unwrap());
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let (above, below) = points.iter().fold((0.0, 0.0), |(above, below), point| {
        (above + (point.0 - x) * (point.1 - y), below + (point.0 - x).powi(2))
    });
    above / below
}

#[test]
fn the_ratings_of_2016_come_out_of_their_figures() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/reference/pypool-dumps.csv");
    let mut reader = csv::Reader::from_path(path).expect("the figures are there");
    let mut series: BTreeMap<(String, String), Vec<(f64, f64)>> = BTreeMap::new();
    for row in reader.records().map(|row| row.expect("a row")) {
        let number = |at: usize| row[at].parse::<f64>().expect("a number");
        if number(2) > 0.0 {
            series.entry((row[0].to_owned(), row[1].to_owned())).or_default().push((number(2), number(3)));
        }
    }
    let mut close = 0;
    for file in ["large_compute_bound", "large_network_bound"] {
        let of_file: Vec<_> = series.iter().filter(|((name, _), _)| name == file).collect();
        let slopes: Vec<f64> = of_file.iter().map(|(_, points)| slope(points)).collect();
        for (((_, pool), _), stars) in of_file.iter().zip(minmax_log(&slopes)) {
            let (_, _, published) =
                PUBLISHED.iter().find(|(f, p, _)| *f == file && p == pool).unwrap_or_else(|| panic!("{pool}"));
            assert!(((2.0 * stars).round() / 2.0 - published).abs() <= 0.5, "{file} {pool}: {stars} for {published}");
            close += 1;
        }
    }
    assert_eq!(close, PUBLISHED.len());
}
