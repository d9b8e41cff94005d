//! Reads pictures as text: elements with their attributes, panels, and whether all that begins ends.

use std::collections::BTreeMap;

/// Elements of this name: their attributes and, where they hold nothing else, their text.
pub(crate) fn elements<'a>(svg: &'a str, name: &str) -> Vec<(BTreeMap<&'a str, &'a str>, &'a str)> {
    let begin = format!("<{name} ");
    let one = |part: &'a str| {
        let (attributes, rest) = part.split_once('>').expect("it ends");
        let mut words = attributes.trim_end_matches('/').split('"');
        let mut found = BTreeMap::new();
        while let (Some(key), Some(value)) = (words.next(), words.next()) {
            found.insert(key.trim().trim_end_matches('='), value);
        }
        (found, rest.split('<').next().unwrap_or_default())
    };
    svg.split(begin.as_str()).skip(1).map(one).collect()
}

/// Elements whose class begins so.
pub(crate) fn of_class<'a>(svg: &'a str, name: &str, class: &str) -> Vec<(BTreeMap<&'a str, &'a str>, &'a str)> {
    let begins = |own: &BTreeMap<&str, &str>| own.get("class").is_some_and(|word| word.starts_with(class));
    elements(svg, name).into_iter().filter(|(own, _)| begins(own)).collect()
}

/// Whether every element ends where it should.
pub(crate) fn is_well_formed(svg: &str) -> bool {
    let mut open: Vec<&str> = Vec::new();
    for tag in svg.split('<').skip(1) {
        let Some((tag, text)) = tag.split_once('>') else { return false };
        if text.contains('>') {
            return false;
        }
        match tag.strip_prefix('/') {
            Some(name) if open.pop() != Some(name) => return false,
            None if !tag.ends_with('/') => open.push(tag.split(' ').next().unwrap_or_default()),
            _ => {}
        }
    }
    open.is_empty()
}

/// What is to be seen of a panel at once.
pub(crate) struct Plane {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) text: String,
}

/// A text with what it covers.
#[derive(Debug)]
pub(crate) struct Text {
    left: f64,
    right: f64,
    /// Of its foot.
    y: f64,
    pub(crate) said: String,
}

/// Each variant of each panel.
pub(crate) fn planes(svg: &str) -> Vec<Plane> {
    let one = |panel: &str| {
        let size = panel.split("viewBox=\"0 0 ").nth(1).and_then(|rest| rest.split('"').next());
        let (width, height) = size.and_then(|size| size.split_once(' ')).expect("a panel has its size");
        let (width, height) = (width.parse().expect("a number"), height.parse().expect("a number"));
        let mut parts = panel.split("<g class=\"variant ");
        let head = parts.next().unwrap_or_default();
        let variants: Vec<&str> = parts.collect();
        let variants = if variants.is_empty() { vec![""] } else { variants };
        let plane = |variant| Plane { width, height, text: format!("{head}<g class=\"{variant}") };
        variants.into_iter().map(plane).collect::<Vec<_>>()
    };
    svg.split("<svg ").skip(1).flat_map(one).collect()
}

impl Plane {
    /// All texts.
    pub(crate) fn texts(&self) -> Vec<Text> {
        let one = |(own, said): (BTreeMap<&str, &str>, &str)| {
            let number = |key: &str| own[key].parse::<f64>().expect("a number");
            let letter = if own["class"] == "title" { 8.5 } else { 6.7 };
            let width = letter * f64::from(u16::try_from(said.chars().count()).expect("it is short"));
            let words: Vec<&str> = own["class"].split(' ').collect();
            let left = match () {
                () if words.contains(&"x") => number("x") - width / 2.0,
                () if words.contains(&"y") || words.contains(&"row") || words.contains(&"note") => number("x") - width,
                () => number("x"),
            };
            Text { left, right: left + width, y: number("y"), said: said.to_owned() }
        };
        of_class(&self.text, "text", "").into_iter().map(one).collect()
    }
}

impl Text {
    /// Whether it lies within a panel of this width and height.
    pub(crate) fn is_within(&self, (width, height): (f64, f64)) -> bool {
        self.left >= -0.1 && self.right <= width + 0.1 && self.y >= 9.0 && self.y <= height
    }

    /// Whether two texts touch.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && (self.y - other.y).abs() < 11.0
    }
}
