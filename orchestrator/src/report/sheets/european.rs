//! Rows and figures for spreadsheets of a country whose decimal sign is a comma: semicolons between cells, a mark of UTF-8
//! before them, and times in milliseconds, memory in MiB.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use csv::{ByteRecord, ReaderBuilder, WriterBuilder};

use super::write_all;
use crate::analysis::{Data, as_csv, figures};
use crate::record::trials;

/// By which Excel knows the encoding.
const MARK: &str = "\u{feff}";
/// Units of columns: how a name ends in our files, how it ends here, and how many of ours make one.
const UNITS: [(&str, &str, f64); 4] =
    [("_ns", "_ms", 1e6), ("_bytes", "_mib", 1_048_576.0), ("_permille", "_percent", 10.0), ("_ps", "_ns", 1e3)];

/// Writes `trials-eu.csv` and `summary-eu.csv`.
pub(super) fn write(run: &Path, data: &Data, folder: &Path) -> Result<Vec<PathBuf>> {
    let summary = as_csv(&figures(data)?)?;
    let rows = trials::whole_lines(&run.join(trials::NAME))?.reader;
    write_all(
        folder,
        [
            ("trials-eu.csv".to_owned(), changed(rows).context("reading the rows")?),
            ("summary-eu.csv".to_owned(), changed(summary.as_bytes())?),
        ],
    )
}

/// The same table with other signs and units.
fn changed(rows: impl std::io::Read) -> Result<String> {
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(rows);
    let mut writer = WriterBuilder::new().flexible(true).delimiter(b';').from_writer(Vec::new());
    let header = reader.headers()?.clone();
    let unit = |name: &str| UNITS.iter().find(|(end, ..)| name.ends_with(end));
    let units: Vec<_> = header.iter().map(unit).collect();
    let names = header.iter().zip(&units).map(|(name, unit)| match unit {
        Some((old, new, _)) => format!("{}{new}", name.strip_suffix(old).unwrap_or(name)),
        None => name.to_owned(),
    });
    writer.write_record(names)?;
    let mut row = ByteRecord::new();
    while reader.read_byte_record(&mut row)? {
        let cells = row.iter().enumerate().map(|(at, cell)| {
            let text = String::from_utf8_lossy(cell);
            match (units.get(at), text.parse::<f64>()) {
                (Some(Some((_, _, each))), Ok(value)) => comma(value / each),
                _ => text.into_owned(),
            }
        });
        writer.write_record(cells)?;
    }
    let text = String::from_utf8(writer.into_inner().context("writing the table")?).context("writing the table")?;
    Ok(format!("{MARK}{text}"))
}

/// Six decimals, which are one of our own units, without zeros at their end, and with a comma.
fn comma(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').replace('.', ",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_units_change_and_words_stay() {
        let said =
            changed("pool,batch_ns,peak_rss_bytes,jobs\nrayon,1250000,1048576,10\nserial,,3,7\n".as_bytes()).unwrap();
        assert_eq!(said, "\u{feff}pool;batch_ms;peak_rss_mib;jobs\nrayon;1,25;1;10\nserial;;0,000003;7\n");
    }
}
