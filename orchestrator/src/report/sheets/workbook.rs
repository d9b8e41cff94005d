//! A workbook: the answer, the figures, a chart with error bars for each picture, and every trial.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use csv::{ByteRecord, ReaderBuilder};
use rust_xlsxwriter::{
    Chart, ChartErrorBars, ChartErrorBarsType, ChartLine, ChartMarker, ChartRange, ChartSeries, ChartType, Format,
    Workbook, Worksheet,
};

use super::pictures::{Picture, pictures};
use crate::analysis::{Data, figures, overview_of};
use crate::record::trials;

/// Rows of a sheet, of which the first is the header.
const MOST_ROWS: u32 = 1_048_576;
/// Digits that a spreadsheet keeps of a number; longer ones stay text.
const MOST_DIGITS: usize = 15;
/// Characters of a sheet's name.
const LONGEST_NAME: usize = 31;
/// Lines of a chart that have a colour of their own; more cannot be told apart, and are grey.
const MOST_COLOURS: usize = 7;
const GREY: &str = "C8C8C8";
/// Columns of the sheet with the answer, in characters.
const ANSWER_WIDTH: usize = 100;

/// Writes the workbook.
pub(super) fn write(run: &Path, data: &Data, path: &Path) -> Result<Vec<PathBuf>> {
    let mut book = Workbook::new();
    answer(book.add_worksheet(), run, data)?;
    let mut table = csv::Writer::from_writer(Vec::new());
    for one in figures(data)? {
        table.serialize(one).context("writing the figures")?;
    }
    let table = table.into_inner().context("writing the figures")?;
    rows(&mut book, "Figures", table.as_slice())?;
    for (at, picture) in pictures(data)?.iter().enumerate() {
        // Numbered, since of two long names the first 31 characters may be the same.
        let name: String = format!("{} {}", at + 1, picture.name()).chars().take(LONGEST_NAME).collect();
        chart(book.add_worksheet(), &name, picture).with_context(|| format!("drawing {}", picture.name()))?;
    }
    rows(&mut book, "Trials", trials::whole_lines(&run.join(trials::NAME))?.reader)?;
    let bytes = book.save_to_buffer().context("making the workbook")?;
    ensure!(!path.is_dir(), "{} is a folder; --out of --xlsx names a file, such as run.xlsx", path.display());
    std::fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))?;
    Ok(vec![path.to_owned()])
}

/// The end of a run, a line a cell.
fn answer(sheet: &mut Worksheet, run: &Path, data: &Data) -> Result<()> {
    sheet.set_name("Answer")?;
    sheet.set_column_width(0, 110)?;
    let format = Format::new().set_font_name("Courier New");
    let text = overview_of(run, data, ANSWER_WIDTH)?;
    // The workbook travels: it names the run, not the folders above it.
    let name = run.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    for (row, line) in (0..).zip(text.replace(&run.display().to_string(), &name).lines()) {
        // As a string, whatever it begins with.
        sheet.write_string_with_format(row, 0, line, &format)?;
    }
    Ok(())
}

/// A table ready for pivoting, on as many sheets as it takes.
fn rows(book: &mut Workbook, name: &str, table: impl std::io::Read) -> Result<()> {
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(table);
    let header = reader.headers()?.clone();
    let last_column = u16::try_from(header.len().saturating_sub(1)).context("more columns than a sheet has")?;
    let mut record = ByteRecord::new();
    let mut more = true;
    let mut part = 1;
    while more {
        let sheet = book.add_worksheet();
        sheet.set_name(if part == 1 { name.to_owned() } else { format!("{name} {part}") })?;
        for (column, title) in (0..).zip(&header) {
            sheet.write_string_with_format(0, column, title, &Format::new().set_bold())?;
        }
        let mut row = 1;
        while row < MOST_ROWS {
            more = reader.read_byte_record(&mut record)?;
            if !more {
                break;
            }
            for (column, cell) in (0..=last_column).zip(&record) {
                write_cell(sheet, row, column, &String::from_utf8_lossy(cell))?;
            }
            row += 1;
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.autofilter(0, 0, row.saturating_sub(1), last_column)?;
        part += 1;
    }
    Ok(())
}

/// Numbers as numbers, all else as text: nothing is ever a formula.
fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: &str) -> Result<()> {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let is_number = (1..=MOST_DIGITS).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    match cell.parse::<f64>() {
        _ if cell.is_empty() => {}
        Ok(value) if is_number => {
            sheet.write_number(row, column, value)?;
        }
        _ => {
            sheet.write_string(row, column, cell)?;
        }
    }
    Ok(())
}

/// A sheet with a picture and, under it, what it shows: jobs, then of each pool the value and how far its ends are from it.
fn chart(sheet: &mut Worksheet, name: &str, picture: &Picture) -> Result<()> {
    const FIRST: u32 = 30;
    sheet.set_name(name)?;
    let last = FIRST + u32::try_from(picture.jobs.len()).context("more sizes than a sheet has rows")?;
    sheet.write_string(FIRST, 0, "jobs")?;
    for (row, jobs) in (FIRST + 1..).zip(&picture.jobs) {
        #[expect(clippy::cast_precision_loss, reason = "at most 10^9 jobs")]
        sheet.write_number(row, 0, *jobs as f64)?;
    }
    let mut chart = Chart::new(ChartType::ScatterStraightWithMarkers);
    chart.title().set_name(&format!("{}, {}", picture.title, picture.workload));
    chart.x_axis().set_name("jobs").set_log_base(10);
    chart.y_axis().set_name(picture.unit);
    if picture.is_positive && picture.unit != "permille" {
        chart.y_axis().set_log_base(10);
    }
    let told_apart = picture.leading(MOST_COLOURS);
    for (index, (pool, points)) in (0_u16..).zip(&picture.lines) {
        let columns = [3 * index + 1, 3 * index + 2, 3 * index + 3];
        for (column, what) in columns.iter().zip(["", ": up to the high end", ": down to the low end"]) {
            sheet.write_string(FIRST, *column, format!("{pool}{what} ({})", picture.unit))?;
        }
        for (row, point) in (FIRST + 1..).zip(points) {
            let Some(point) = point else { continue };
            for (column, value) in columns.iter().zip([point.value, point.high - point.value, point.value - point.low])
            {
                #[expect(clippy::cast_precision_loss, reason = "exact below 2^53: 104 days in ns, 8 PiB")]
                sheet.write_number(row, *column, value as f64)?;
            }
        }
        let range = |column: u16| ChartRange::new_from_range(name, FIRST + 1, column, last, column);
        let mut bars = ChartErrorBars::new();
        bars.set_type(ChartErrorBarsType::Custom(range(columns[1]), range(columns[2])));
        let mut series = ChartSeries::new();
        series.set_name(pool.as_str()).set_categories(&range(0)).set_values(&range(columns[0]));
        if told_apart.contains(&pool.as_str()) {
            series.set_y_error_bars(&bars);
        } else {
            series.set_format(ChartLine::new().set_color(GREY).set_width(1)).set_marker(ChartMarker::new().set_none());
        }
        chart.push_series(&series);
    }
    chart.set_width(1000).set_height(560);
    sheet.insert_chart(0, 0, &chart)?;
    Ok(())
}
