//! What a line break must not tear: a number and its unit, and commands, which are to be pasted.

use crate::process::shell::quoted;

/// Stands for a space at which no line is broken.
const FIXED: char = '\u{a0}';
/// What stands behind numbers.
const UNITS: [&str; 12] = ["%", "ns", "us", "ms", "s", "min", "h", "B", "KiB", "MiB", "GiB", "jobs"];

/// A command within a text: it stays on one line where there is room, else it is broken as [`command`] does.
pub(crate) fn pasted(command: &str) -> String {
    command.replace(' ', &FIXED.to_string())
}

/// A command that can be pasted: a line where it fits, else broken between an option with its value and the next, each line
/// but the last with a backslash at its end; words are quoted where a shell needs it.
pub(crate) fn command(columns: usize, words: &[String]) -> String {
    const INDENT: &str = "  ";
    broken(columns, INDENT, &words.iter().map(|word| quoted(word)).collect::<Vec<_>>())
}

fn broken(columns: usize, indent: &str, words: &[String]) -> String {
    let mut units: Vec<String> = Vec::new();
    for word in words {
        match units.last_mut() {
            Some(last) if !word.starts_with("--") => {
                last.push(' ');
                last.push_str(word);
            }
            _ => units.push(word.clone()),
        }
    }
    let mut lines = vec![indent.to_owned()];
    for (at, unit) in units.iter().enumerate() {
        let line = lines.last_mut().expect("there is a first");
        let continued = if at + 1 < units.len() { " \\".len() } else { 0 };
        let (used, own) = (line.trim_end().chars().count(), unit.chars().count());
        if used > 0 && used + 1 + own + continued > columns {
            *line += "\\";
            lines.push(indent.repeat(2));
        }
        let line = lines.last_mut().expect("there is one");
        line.push_str(unit);
        line.push(' ');
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

/// A text in which whatever belongs together on lines of this length is held together, for [`apart`] to undo.
pub(super) fn together(text: &str, room: usize) -> String {
    text.split('\n').map(|line| together_in_line(line, room)).collect::<Vec<_>>().join("\n")
}

fn together_in_line(line: &str, room: usize) -> String {
    // Every second part stands between backticks.
    let parts = line.split('`').enumerate().map(|(at, part)| match at % 2 {
        1 if part.chars().count() + 3 <= room => pasted(part),
        1 => part.to_owned(),
        _ => numbers(part),
    });
    let held = parts.collect::<Vec<_>>().join("`");
    let words = held.split(' ').map(|word| {
        if word.chars().count() <= room {
            return word.to_owned();
        }
        if word.starts_with("poolbench") {
            return broken(room, "", &word.split(FIXED).map(str::to_owned).collect::<Vec<_>>());
        }
        apart(word)
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Holds numbers to what stands behind them, and `a x 100` together.
fn numbers(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let begins = |at: usize| words.get(at).is_some_and(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    let mut held = String::new();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).map_or("", |next| next.trim_end_matches([')', ',', '.', ';', ':']));
        let has_unit = word.ends_with(|last: char| last.is_ascii_digit()) && UNITS.contains(&next);
        let is_times = *word == "x" && begins(at + 1) || next == "x" && begins(at + 2);
        held += word;
        if at + 1 < words.len() {
            held.push(if has_unit || is_times { FIXED } else { ' ' });
        }
    }
    held
}

/// The same text with plain spaces.
pub(super) fn apart(text: &str) -> String {
    text.replace(FIXED, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_broken_between_options_and_can_be_pasted() {
        let words: Vec<String> = "poolbench run --pools rayon,threads-counter --jobs 1000 --blocks 16"
            .split(' ')
            .map(str::to_owned)
            .collect();
        assert_eq!(command(80, &words), format!("  {}", words.join(" ")));
        let broken = command(40, &words);
        assert_eq!(broken, "  poolbench run \\\n    --pools rayon,threads-counter \\\n    --jobs 1000 --blocks 16");
        // What is too long for a line is never broken.
        assert!(command(20, &words).contains("rayon,threads-counter"));
        let pasted = broken.replace("\\\n", "");
        assert!(pasted.split_whitespace().eq(words.iter().map(String::as_str)));
    }

    #[test]
    fn numbers_keep_their_units_and_commands_their_words() {
        let shown = |text: &str, room| together(text, room).replace(FIXED, "_");
        assert_eq!(shown("takes 50.9 ms (50.9 to 51.0 ms), 3 % less", 80), "takes 50.9_ms (50.9 to 51.0_ms), 3_% less");
        assert_eq!(shown("a at spin:1us x 10000 is x 3.2 of it", 80), "a at spin:1us_x_10000 is_x_3.2 of it");
        assert_eq!(shown("more: `poolbench run all` does", 80), "more: `poolbench_run_all` does");
        assert_eq!(shown("more: `poolbench run all` does", 10), "more: `poolbench run all` does");
        assert_eq!(
            shown(&format!("all: {}", pasted("poolbench summary r --all")), 80),
            "all: poolbench_summary_r_--all"
        );
        assert_eq!(
            shown(&format!("all: {}", pasted("poolbench summary r --all")), 22),
            "all: poolbench summary r \\\n--all"
        );
    }
}
