//! What a report says and in which order, before it is a page or Markdown.

use super::pictures::Picture;
use crate::analysis::passage::{Cells, Passage};

/// A whole report.
#[derive(Debug)]
pub(super) struct Document {
    /// What it is of.
    pub(super) title: String,
    /// What it answers.
    pub(super) heading: String,
    /// Lines under the title: which run, on what, when.
    pub(super) about: Vec<String>,
    /// What stands on the first screen.
    pub(super) answers: Vec<Card>,
    /// How sure that is, a sentence each.
    pub(super) sure: Vec<String>,
    /// All that follows.
    pub(super) sections: Vec<Section>,
    /// What can be saved from the page.
    pub(super) files: Vec<File>,
}

/// One question and its answer.
#[derive(Debug)]
pub(super) struct Card {
    /// The question, such as `10,000 jobs of 50 us that compute`.
    pub(super) question: String,
    /// Of which of two runs; empty where there is one.
    pub(super) of: String,
    /// The answer, or the sentence that says why there is none and what would give one.
    pub(super) answer: Result<Answer, String>,
}

/// Which pool, how fast, how sure, and which others are as good.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) pool: String,
    /// Workers and policy.
    pub(super) how: String,
    pub(super) time: String,
    /// Where that lies; empty with too few blocks.
    pub(super) interval: String,
    /// Who ties, a sentence.
    pub(super) ties: String,
    /// Peak of memory, and what the figures rest on, a sentence each.
    pub(super) sure: Vec<String>,
    /// Every pool for this question.
    pub(super) table: Cells,
    /// What that is called.
    pub(super) table_is: String,
}

/// A heading and what stands under it.
#[derive(Debug)]
pub(super) struct Section {
    /// Its place in the page, a word.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) parts: Vec<Part>,
}

/// What stands under a heading. In all texts what is between backquotes is a command or a name.
#[derive(Debug)]
pub(super) enum Part {
    /// A paragraph.
    Say(String),
    /// A sentence each.
    List(Vec<String>),
    /// How to read what stands beside it.
    How(String),
    /// The same word by word: what each column is.
    Legend(Vec<(&'static str, String)>),
    Table(Passage),
    Pictures(Vec<Shown>),
    /// What is shown on demand.
    Folded(String, Vec<Part>),
}

/// A picture under the name that its files have.
#[derive(Debug)]
pub(super) struct Shown {
    /// Lower case letters and dashes.
    pub(super) name: String,
    pub(super) picture: Picture,
}

/// What is carried by a link.
#[derive(Debug)]
pub(super) struct File {
    pub(super) name: String,
    /// Its media type.
    pub(super) kind: &'static str,
    pub(super) text: String,
}

impl Document {
    /// All pictures, in their order.
    pub(super) fn pictures(&self) -> impl Iterator<Item = &Shown> {
        let parts = self.sections.iter().flat_map(|section| &section.parts);
        parts.flat_map(Part::pictures)
    }
}

impl Part {
    /// Its pictures, where it has some.
    pub(super) fn pictures(&self) -> &[Shown] {
        if let Self::Pictures(all) = self { all } else { &[] }
    }

    /// Sentences, if there are any.
    pub(super) fn list(said: Vec<String>) -> Option<Self> {
        (!said.is_empty()).then_some(Self::List(said))
    }

    /// Tables that are shown on demand, if there are any.
    pub(super) fn folded(title: impl Into<String>, tables: Vec<Passage>) -> Option<Self> {
        let parts: Vec<Self> = tables.into_iter().map(Self::Table).collect();
        (!parts.is_empty()).then(|| Self::Folded(title.into(), parts))
    }
}

/// The first rows of a long table, and all of them on demand.
pub(super) fn long(passage: Passage) -> Vec<Part> {
    const SHOWN: usize = 12;
    /// So few more are no trouble.
    const SPARED: usize = 4;
    let count = passage.table.rows.len();
    if count <= SHOWN + SPARED {
        return vec![Part::Table(passage)];
    }
    let Passage { heading, table, below } = passage;
    let first = Cells { header: table.header.clone(), rows: table.rows[..SHOWN].to_vec() };
    let all = Part::Table(Passage { table, ..Passage::default() });
    let first = Part::Table(Passage { heading, table: first, below: Vec::new() });
    [first, Part::Folded(format!("All {count}"), vec![all])]
        .into_iter()
        .chain(below.into_iter().map(Part::Say))
        .collect()
}

/// With a capital letter, where no name begins it.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

/// The pieces of a text: whether each is a command or name, and its words.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = (bool, &str)> {
    // A backquote that has no other is one.
    let paired = text.matches('`').count() / 2 * 2;
    let pieces = text.splitn(paired + 1, '`').enumerate().map(|(at, words)| (at % 2 == 1, words));
    pieces.filter(|(_, words)| !words.is_empty())
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn what_is_between_backquotes_is_code_and_a_lone_one_is_itself() {
        let all = |text| pieces(text).collect::<Vec<_>>();
        assert_eq!(all("`a b` measures it"), [(true, "a b"), (false, " measures it")]);
        assert_eq!(all("x `a` y ` z"), [(false, "x "), (true, "a"), (false, " y ` z")]);
        assert_eq!(all(""), []);
    }
}
