//! Quotes any text for a shell, for YAML, and for what Kubernetes puts in the place of variables.

use std::fmt::Write as _;

/// One word of a POSIX shell.
pub fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A scalar of YAML, in one line and in ASCII: YAML takes some other characters for ends of lines.
pub fn yaml(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            ' '..='~' => quoted.push(character),
            _ => {
                let number = u32::from(character);
                let _ = if number < 0x1_0000 {
                    write!(quoted, "\\u{number:04x}")
                } else {
                    write!(quoted, "\\U{number:08x}")
                };
            }
        }
    }
    quoted + "\""
}

/// An argument of a container's command, where Kubernetes would put a variable in the place of `$(NAME)`.
pub fn argument(text: &str) -> String {
    yaml(&text.replace('$', "$$"))
}

/// A line that ends a here-document, which stands in none of these texts.
pub fn end_line(texts: &[&str]) -> String {
    let mut end = "END".to_owned();
    while texts.iter().any(|text| text.contains(&end)) {
        end.push('_');
    }
    end
}
