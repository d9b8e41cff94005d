//! Elements of SVG as text: all that is put into one is escaped, but for what elements themselves are.

use std::fmt::{Display, Write as _};

/// An element that is being written.
#[derive(Debug)]
pub(super) struct Tag {
    name: &'static str,
    text: String,
}

impl Tag {
    /// An element without attributes.
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, text: format!("<{name}") }
    }

    /// With an attribute.
    pub(super) fn set(mut self, key: &'static str, value: impl Display) -> Self {
        let _ = write!(self.text, " {key}=\"{}\"", escaped(&value.to_string()));
        self
    }

    /// With an attribute that is a length.
    pub(super) fn at(self, key: &'static str, value: f64) -> Self {
        self.set(key, number(value))
    }

    /// Without anything in it.
    pub(super) fn empty(self) -> String {
        self.text + "/>"
    }

    /// With elements in it.
    pub(super) fn holding(self, elements: &str) -> String {
        format!("{}>{elements}</{}>", self.text, self.name)
    }

    /// With text in it.
    pub(super) fn saying(self, text: &str) -> String {
        let text = escaped(text);
        self.holding(&text)
    }
}

/// A text at a place.
pub(super) fn text(class: impl Display, (x, y): (f64, f64), text: &str) -> String {
    Tag::new("text").set("class", class).at("x", x).at("y", y).saying(text)
}

/// A path through its commands; nothing where there are none.
pub(super) fn path(class: impl Display, pool: &str, commands: &str) -> String {
    if commands.is_empty() {
        return String::new();
    }
    let path = Tag::new("path").set("class", class);
    let path = if pool.is_empty() { path } else { path.set("data-pool", pool) };
    path.set("d", commands).empty()
}

/// The commands of a line through these points.
pub(super) fn through(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut commands = String::new();
    for (x, y) in points {
        let _ = write!(commands, "{}{} {}", if commands.is_empty() { 'M' } else { 'L' }, number(x), number(y));
    }
    commands
}

/// A tenth of a unit is less than anybody sees.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text in which nothing is markup.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // XML has no other control characters.
            c if c.is_control() && !matches!(c, '\t' | '\n' | '\r') => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_put_in_is_markup() {
        let evil = "\"><script>alert('1')</script>&\u{1}";
        let said = Tag::new("g").set("data-pool", evil).holding(&text("label", (1.0, -0.04), evil));
        assert_eq!(said.matches('<').count(), 4, "{said}");
        assert_eq!(said.matches('"').count(), 8, "{said}");
        assert!(said.contains("&lt;script&gt;alert(&#39;1&#39;)") && !said.contains('\u{1}'), "{said}");
        assert!(said.contains("x=\"1\" y=\"0\""), "{said}");
    }

    #[test]
    fn a_path_has_a_tenth_of_a_unit() {
        assert_eq!(through([(1.0, 2.25), (3.04, 4.0)]), "M1 2.2L3 4");
        assert_eq!(path("series", "", ""), "");
    }
}
