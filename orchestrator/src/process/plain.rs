//! Texts of pools, guests and files from elsewhere as they may be shown and kept: without what a terminal, a page or a
//! spreadsheet obeys.

use std::borrow::Cow;
use std::fmt::Write as _;

/// On one line: what breaks lines is a space, and what steers is written out, such as `\u001b`.
pub fn line(text: &str) -> Cow<'_, str> {
    let kept = written_out(text, |c| c == '\n' || c == '\r' || c == '\t');
    if kept.contains(['\n', '\r', '\t']) { kept.replace(['\n', '\r', '\t'], " ").into() } else { kept }
}

/// On as many lines as it has: all that steers is written out but line feeds and tabs. JSON stays the same JSON.
pub fn lines(text: &str) -> Cow<'_, str> {
    written_out(text, |c| c == '\n' || c == '\t')
}

/// On one line in Markdown: nothing of it makes a cell, a link, code or HTML.
pub fn markdown(text: &str) -> String {
    let mut escaped = String::new();
    for c in line(text).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            _ if "\\|`*_[]#~".contains(c) => escaped.extend(['\\', c]),
            _ => escaped.push(c),
        }
    }
    escaped
}

fn written_out(text: &str, is_kept: impl Fn(char) -> bool) -> Cow<'_, str> {
    let steers = |c: char| steers(c) && !is_kept(c);
    if !text.contains(steers) {
        return text.into();
    }
    let mut whole = String::new();
    for c in text.chars() {
        if steers(c) {
            // The form of JSON, so that a program reads the text as it was.
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(whole, "\\u{unit:04x}").expect("a String takes all");
            }
        } else {
            whole.push(c);
        }
    }
    whole.into()
}

/// Control characters of both sets, and what is invisible or turns the direction of its neighbours.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_steers_is_written_out_and_all_else_stays() {
        assert_eq!(line("a\u{1b}[31m\r\nb\u{9b}2J\u{202e}c\u{7}"), "a\\u001b[31m  b\\u009b2J\\u202ec\\u0007");
        assert_eq!(lines("two\nlines\tand\r\u{e0001}"), "two\nlines\tand\\u000d\\udb40\\udc01");
        assert!(matches!(lines("æ – 漢 🦀 \"quoted\" \\ and\nmore"), Cow::Borrowed(_)));
        assert_eq!(markdown("a|b`c`<img src=x>&[d](e)\n# f"), r"a\|b\`c\`&lt;img src=x&gt;&amp;\[d\](e) \# f");
    }

    proptest! {
        #[test]
        fn nothing_that_steers_is_left_and_json_stays_the_same(text in ".*") {
            prop_assert!(!line(&text).contains(steers));
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(serde_json::from_str::<String>(&lines(&json)).unwrap(), text);
        }
    }
}
