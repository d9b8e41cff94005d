//! Jobs of the user's own: the file that they are in, what it is told, and the word that stands for both in rows.

mod call;
mod diagnosis;
mod library;

pub use library::Library;

use std::fmt;
use std::path::{self, Path};

use crate::checksum::mix;
use crate::slots::FIRST_FAULT;

/// The largest result that a job of the user's own can have; what is larger is taken for this one, since slots use the 256
/// numbers above for other things.
pub const LARGEST_RESULT: u64 = FIRST_FAULT - 1;
/// The longest word without a hash behind it, in bytes, and what is kept of a longer one.
const LONGEST_WORD: usize = 60;
const KEPT: usize = 48;

/// What a file with jobs is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// A shared library, by `docs/poolbench_job.h`.
    Library,
    /// A Python module and a function in it.
    Python,
}

impl Language {
    /// The workload's name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Library => "lib",
            Self::Python => "py",
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Library => ".so",
            Self::Python => ".py",
        }
    }
}

/// Jobs of the user's own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Own {
    /// What the file is.
    pub language: Language,
    /// The file, as a whole path.
    pub path: String,
    /// What a library is told, as it was given; of Python the function.
    pub param: String,
    /// Whether the user says that the jobs wait for something other than the CPU. A pool is never told.
    pub waits: bool,
}

impl Own {
    /// Reads `PATH[:PARAM]`; a path from here becomes a whole one. It is not looked at.
    pub(crate) fn parse(language: Language, text: Option<&str>) -> Result<Self, String> {
        let (path, param) = text.map_or(("", ""), |text| text.split_once(':').unwrap_or((text, "")));
        match language {
            Language::Library if path.is_empty() => Err(
                "lib needs a shared library: lib:./x.so, or lib:./x.so:PARAM; docs/poolbench_job.h says what is in it"
                    .to_owned(),
            ),
            Language::Python if path.is_empty() || param.is_empty() => {
                Err("py needs a file and a function in it: py:./x.py:FUNCTION".to_owned())
            }
            _ if text.is_some_and(|text| text.contains('\0')) => {
                Err("neither path nor parameter may hold a zero byte".to_owned())
            }
            _ => {
                let whole = path::absolute(path).map_err(|cause| format!("{path}: {cause}"))?;
                let whole =
                    whole.into_os_string().into_string().map_err(|_| format!("the folder of {path} is not UTF-8"))?;
                Ok(Self { language, path: whole, param: param.to_owned(), waits: false })
            }
        }
    }

    /// The file's name.
    pub fn file_name(&self) -> &str {
        Path::new(&self.path).file_name().and_then(|name| name.to_str()).unwrap_or(&self.path)
    }

    /// What stands for it in rows: the file's stem, or stem:parameter, as a word, with a short hash behind it where that had
    /// to be changed. It names no folder, neither the file's nor one in the parameter, and is its own word.
    pub fn word(&self) -> String {
        let name = self.file_name();
        let stem = name.find(self.language.ending()).map_or(name, |end| &name[..end]);
        let separator = if self.param.is_empty() { "" } else { ":" };
        let whole = format!("{stem}{separator}{}", self.param);
        let shown = self.param.rsplit('/').next().unwrap_or_default();
        let word = as_word(&format!("{stem}{separator}{shown}"));
        if word == whole && word.len() <= LONGEST_WORD {
            return word;
        }
        let hash = whole.bytes().fold(0, |hash, byte| mix(hash ^ u64::from(byte)));
        format!("{}-{:08x}", &word[..word.len().min(KEPT)], hash >> 32)
    }
}

/// Lower case, digits and `._:-`, beginning with a letter or digit; all ASCII.
fn as_word(text: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || "._:-".contains(c) { c.to_ascii_lowercase() } else { '-' };
    let word: String = text.chars().map(allowed).collect();
    let word = word.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    if word.is_empty() { "job".to_owned() } else { word.to_owned() }
}

impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { language, path, param, .. } = self;
        let separator = if param.is_empty() { "" } else { ":" };
        write!(f, "{}:{path}{separator}{param}", language.word())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::columns::is_word;

    fn word(text: &str) -> String {
        Own::parse(Language::Library, Some(text)).unwrap().word()
    }

    #[test]
    fn the_word_is_stem_and_parameter_and_names_no_folder() {
        assert_eq!(word("./a/hash.so"), "hash");
        assert_eq!(word("hash.so.1.2:4096"), "hash:4096");
        assert_eq!(word("x.so:a:b"), "x:a:b");
        for (text, start) in
            [("Hash.so", "hash-"), ("_.so", "job-"), ("x.so:/home/me/a b.json", "x:a-b.json-"), ("x.so:Ü", "x:--")]
        {
            let word = word(text);
            let hash = word.strip_prefix(start).unwrap_or_else(|| panic!("{text} became {word}"));
            assert!(hash.len() == 8 && hash.bytes().all(|b| b.is_ascii_hexdigit()), "{text} became {word}");
        }
        assert_ne!(word("x.so:/a/data"), word("x.so:/b/data"));
        assert_eq!(word("/a/x.so"), word("/b/x.so"));
    }

    proptest! {
        #[test]
        fn every_word_is_one_and_its_own(stem in "[^/:\0]{1,80}", param in "[^\0]{0,80}") {
            let text = if param.is_empty() { format!("/f/{stem}.so") } else { format!("/f/{stem}.so:{param}") };
            let first = word(&text);
            prop_assert!(is_word(&first) && first.len() <= LONGEST_WORD, "{}", first);
            prop_assert_eq!(word(&first), first);
        }
    }
}
