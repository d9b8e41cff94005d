//! A CSV a picture: jobs down, pools across, and the low and high ends beside them for error bars.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::pictures::{Picture, Point, pictures};
use super::write_all;
use crate::analysis::Data;

/// The word in a column's name, and what stands in the column.
type Part = (&'static str, fn(Point) -> i64);

/// What stands across: first all values, so that they can be marked and drawn at once, then their ends.
const PARTS: [Part; 3] = [("", |point| point.value), ("low_", |point| point.low), ("high_", |point| point.high)];

/// Writes a file for each picture.
pub(super) fn write(data: &Data, folder: &Path) -> Result<Vec<PathBuf>> {
    let files = pictures(data)?.into_iter().map(|one| Ok((format!("{}.csv", one.name()), text(&one)?)));
    write_all(folder, files.collect::<Result<Vec<_>>>()?)
}

fn text(picture: &Picture) -> Result<String> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let heads = PARTS.iter().flat_map(|(part, _)| {
        picture.lines.iter().map(move |(name, _)| format!("{}_{part}{}", name.replace(' ', "_"), picture.unit))
    });
    csv.write_record(["jobs".to_owned()].into_iter().chain(heads)).context("writing a picture")?;
    for (at, jobs) in picture.jobs.iter().enumerate() {
        let cells = PARTS.iter().flat_map(|(_, pick)| {
            picture
                .lines
                .iter()
                .map(move |(_, points)| points[at].map_or(String::new(), |point| pick(point).to_string()))
        });
        csv.write_record([jobs.to_string()].into_iter().chain(cells)).context("writing a picture")?;
    }
    String::from_utf8(csv.into_inner().context("writing a picture")?).context("writing a picture")
}
