"""Opens what `poolbench export` writes in LibreOffice, in an English and a German locale, and reads it back.

    python3 orchestrator/tests/office/check.py target/release/poolbench

Numbers must be numbers, charts must be there with all their lines, and nothing may be a formula. Without LibreOffice it says so
and checks nothing.
"""

import csv
import pathlib
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

NS = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "chart": "urn:oasis:names:tc:opendocument:xmlns:chart:1.0",
}
LOCALES = {"en-US": 1033, "de-DE": 1031}
# Runs with what a spreadsheet could take for something else: names with dots, sizes, and an empty cell.
RUN = ["run", "--pools", "serial,crossbeam,tokio", "--workload", "noop,sleep:1ms", "--jobs", "10,50", "--blocks", "6"]


def name(prefix, word):
    return f"{{{NS[prefix]}}}{word}"


def profile(folder, locale):
    """A fresh profile that speaks the locale."""
    user = folder / f"profile-{locale}"
    (user / "user").mkdir(parents=True)
    items = "".join(
        f'<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="{key}" oor:op="fuse"><value>{locale}</value></prop></item>'
        for key in ("ooLocale", "ooSetupSystemLocale")
    )
    (user / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{items}</oor:items>"
    )
    return user


def opened(soffice, user, path, out, separator=None, language=0):
    """The file as the spreadsheet understands it: a tree of XML."""
    command = [soffice, f"-env:UserInstallation=file://{user}", "--headless", "--convert-to", "fods", "--outdir", out]
    if separator:
        # UTF-8, all columns by their looks, numbers as the language writes them.
        command.append(f"--infilter=Text - txt - csv (StarCalc):{ord(separator)},34,76,1,,{language},false,false")
    subprocess.run([*command, path], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180)
    return ET.parse(pathlib.Path(out) / (pathlib.Path(path).stem + ".fods")).getroot()


def cells(table):
    """Rows of (kind, text), repeated cells written out where they hold something."""
    for row in table.iter(name("table", "table-row")):
        line = []
        for cell in row:
            times = int(cell.get(name("table", "number-columns-repeated"), 1))
            assert cell.get(name("table", "formula")) is None, f"a formula: {cell.attrib}"
            kind = cell.get(name("office", "value-type"))
            value = cell.get(name("office", "value")) if kind == "float" else "".join(line for p in cell.findall("text:p", NS) for line in p.itertext())
            line += [(kind, value)] * (times if kind else min(times, 200))
        yield line


def is_number(text, comma):
    try:
        float(text.replace(",", ".") if comma else text)
        return True
    except ValueError:
        return False


def check_csv(tree, path, separator, comma):
    """Each cell that is a number in the file is one in the sheet, with the same value."""
    rows = list(csv.reader(open(path, newline="", encoding="utf-8-sig"), delimiter=separator))
    found = list(cells(tree.find(".//table:table", NS)))
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            # Sums of results are hexadecimal, some of them of digits alone: text by meaning.
            if at == 0 or not text or rows[0][column] in ("checksum", "run"):
                continue
            kind, value = found[at][column]
            if is_number(text, comma):
                wanted = float(text.replace(",", ".") if comma else text)
                assert kind == "float" and abs(float(value) - wanted) <= 1e-12 * abs(wanted), (path, rows[0][column], text, kind, value)
            else:
                assert kind == "string" and value == text, (path, rows[0][column], text, kind, value)
    return sum(len(row) for row in rows)


def check_book(tree):
    """The workbook's sheets, its charts, and that numbers are numbers."""
    tables = {table.get(name("table", "name")): table for table in tree.iter(name("table", "table")) if table.get(name("table", "name"))}
    # Each chart brings a table of its own name with it.
    sheets = [sheet for sheet in tables if sheet != "local-table"]
    assert {"Answer", "Figures", "Trials"} <= set(sheets), sheets
    trials = [row for row in cells(tables["Trials"]) if any(kind for kind, _ in row)]
    head = [value for _, value in trials[0]]
    for column in ("jobs", "batch_ns", "peak_rss_bytes"):
        at = head.index(column)
        assert all(row[at][0] == "float" for row in trials[1:]), column
    charts = list(tree.iter(name("chart", "chart")))
    lines = [len(chart.findall(".//chart:series", NS)) for chart in charts]
    bars = [len(chart.findall(".//chart:error-indicator", NS)) for chart in charts]
    assert len(charts) == len(sheets) - 3 and all(lines), (sheets, lines)
    assert all(bar >= min(line, 7) for bar, line in zip(bars, lines)), (lines, bars)
    return len(charts), sum(lines)


def main(poolbench):
    soffice = shutil.which("soffice")
    if not soffice:
        print("sheets: not checked, since there is no LibreOffice (soffice) here")
        return
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        run = scratch / "run"
        ask = lambda *words: subprocess.run([poolbench, *map(str, words)], check=True, capture_output=True, text=True, timeout=300)
        ask(*RUN, "--out", run)
        for form in ("--wide", "--xlsx", "--excel-eu"):
            ask("export", run, form)
        for locale, language in LOCALES.items():
            user, out = profile(scratch, locale), scratch / f"out-{locale}"
            count = 0
            for path in [run / "trials.csv", run / "summary.csv", *sorted((run / "wide").glob("*.csv"))]:
                if path.exists():
                    count += check_csv(opened(soffice, user, path, out, ",", language), path, ",", False)
            if locale == "de-DE":
                for path in (run / "trials-eu.csv", run / "summary-eu.csv"):
                    count += check_csv(opened(soffice, user, path, out, ";", language), path, ";", True)
            charts, lines = check_book(opened(soffice, user, run / "run.xlsx", out))
            print(f"sheets: {locale}: {count} cells of CSV are what they should be; {charts} charts with {lines} lines, no formula")


if __name__ == "__main__":
    main(sys.argv[1])
