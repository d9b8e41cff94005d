//! Reads what a pool says: `--describe` objects and the events of the protocol, from JSON into the harness's types.

use harness::ErrorKind;
use harness::protocol::{Done, Event, Ready, VERSION};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::process::plain;

/// What `--describe` says of a pool, in whatever language it is written.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Description {
    /// The protocol it speaks.
    pub protocol: u64,
    /// Its name, the word in the CSV.
    pub name: String,
    /// One line for people.
    #[serde(default)]
    pub title: String,
    /// Its family.
    pub kind: String,
    /// The library that schedules.
    #[serde(default)]
    pub library: String,
    /// That library's version.
    #[serde(default)]
    pub version: String,
    /// What it stands for.
    #[serde(default)]
    pub mirrors: String,
    /// The pool that it is a variant of.
    #[serde(default)]
    pub variant_of: String,
    /// Its allocator.
    #[serde(default)]
    pub allocator: String,
    /// Whether results come back in order.
    #[serde(default)]
    pub ordered: bool,
    /// `joined`, or `async` where stop time means nothing.
    #[serde(default)]
    pub stop: String,
    /// What it can beyond running batches.
    #[serde(default)]
    pub abilities: Vec<String>,
    /// The workloads it runs.
    pub workloads: Vec<String>,
    /// The chunk policies it takes, its default first.
    pub chunk: Vec<String>,
    /// The window policies it takes, its default first.
    pub window: Vec<String>,
}

impl Description {
    /// Reads the one object that `--describe` prints; says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut description: Self =
            serde_json::from_str(text.trim()).map_err(|cause| format!("no description: {cause}"))?;
        description.texts().for_each(|text| *text = plain::line(text).into_owned());
        if description.protocol != VERSION {
            return Err(format!("speaks protocol {}, not {VERSION}", description.protocol));
        }
        let kinds = harness::Kind::ALL.map(|(_, word)| word);
        if !kinds.contains(&description.kind.as_str()) {
            return Err(format!("kind '{}' is none of {}", description.kind, kinds.join(", ")));
        }
        let words = [("name", &description.name), ("library", &description.library), ("version", &description.version)];
        match words.iter().find(|(_, word)| !harness::columns::is_word(word)) {
            Some((field, word)) => Err(format!(
                "the {field} '{word}' is not a word of [a-z0-9._:-]: write it in lower case, and `-` for whatever else it has"
            )),
            None if description.name.is_empty() => Err("it has no name".to_owned()),
            None => Ok(description),
        }
    }

    /// All that people may read.
    fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let own =
            [&mut self.name, &mut self.title, &mut self.kind, &mut self.library, &mut self.version, &mut self.stop];
        let others = [&mut self.mirrors, &mut self.variant_of, &mut self.allocator];
        let lists = [&mut self.abilities, &mut self.workloads, &mut self.chunk, &mut self.window];
        own.into_iter().chain(others).chain(lists.into_iter().flatten())
    }

    /// Whether a worker of this pool costs as much as a process: one is, or it holds an interpreter.
    pub fn workers_are_heavy(&self) -> bool {
        [harness::Kind::Processes, harness::Kind::Isolates].iter().any(|kind| self.kind == kind.word())
    }

    /// Whether a worker of this pool is a thread in one of several processes.
    pub fn is_hybrid(&self) -> bool {
        self.kind == harness::Kind::Hybrid.word()
    }

    /// Whether it is the plain loop, whose one worker is the caller.
    pub fn is_serial(&self) -> bool {
        self.kind == harness::Kind::Serial.word()
    }
}

/// Reads one line of the protocol; says what is wrong with it. Unknown fields are ignored.
pub fn event(line: &[u8]) -> Result<Event, String> {
    let text = std::str::from_utf8(line).map_err(|_| shown("a line that is not UTF-8", line))?;
    let value: Value = serde_json::from_str(text).map_err(|_| shown("a line that is not JSON", line))?;
    let object = value.as_object().ok_or_else(|| shown("a line that is not a JSON object", line))?;
    let fields = Fields(object);
    match fields.text("event")? {
        "ready" => Ok(Event::Ready(Ready {
            protocol: fields.number("protocol")?,
            pool: fields.text("pool")?.to_owned(),
            workers: fields.number("workers")?,
            chunk: fields.number("chunk")?,
            window: fields.number("window")?,
        })),
        "started" => Ok(Event::Started { start_ns: fields.number("start_ns")? }),
        "done" => Ok(Event::Done(fields.done()?)),
        "stopped" => Ok(Event::Stopped { stop_ns: fields.number("stop_ns")? }),
        "error" => {
            let word = fields.text("kind")?;
            let kind = ErrorKind::ALL.iter().find(|(_, known)| *known == word);
            let kind = kind.ok_or_else(|| format!("an error of the unknown kind '{word}'"))?.0;
            Ok(Event::Error { kind, message: fields.text("message")?.to_owned() })
        }
        other => Err(format!("the unknown event '{other}'")),
    }
}

struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    fn get<T>(&self, name: &str, what: &str, read: impl Fn(&'a Value) -> Option<T>) -> Result<T, String> {
        let value = self.0.get(name).ok_or_else(|| format!("an event without '{name}'"))?;
        read(value).ok_or_else(|| format!("an event whose '{name}' is not {what}"))
    }

    fn number(&self, name: &str) -> Result<u64, String> {
        self.get(name, "a whole number", Value::as_u64)
    }

    fn number_or_0(&self, name: &str) -> Result<u64, String> {
        if self.0.contains_key(name) { self.number(name) } else { Ok(0) }
    }

    fn text(&self, name: &str) -> Result<&'a str, String> {
        self.get(name, "a string", Value::as_str)
    }

    fn done(&self) -> Result<Done, String> {
        let times = |value: &Value| value.as_array()?.iter().map(Value::as_u64).collect::<Option<Vec<_>>>();
        let counts = |value: &Value| {
            let object = value.as_object()?;
            object.iter().map(|(class, count)| Some((class.clone(), count.as_u64()?))).collect::<Option<Vec<_>>>()
        };
        Ok(Done {
            batch_ns: self.get("batch_ns", "a list of whole numbers", times)?,
            jobs: self.number("jobs")?,
            checksum: self.text("checksum")?.to_owned(),
            errors: self.get("errors", "an object of counts", counts)?,
            retries: self.number("retries")?,
            // Both are younger than the protocol's first guests, who never retry, and need not tell what checking took.
            unsent: self.number_or_0("unsent")?,
            check_ns: self.number_or_0("check_ns")?,
        })
    }
}

fn shown(what: &str, line: &[u8]) -> String {
    // 80 bytes are enough to recognise a line, and keep a note readable.
    format!("{what}: '{}'", line[..line.len().min(80)].escape_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_the_harness_writes_reads_back(
            batch_ns in prop::collection::vec(any::<u64>(), 0..5),
            jobs in any::<u64>(),
            retries in any::<u64>(),
            count in any::<u64>(),
            message in ".*",
        ) {
            let done = Done {
                batch_ns, jobs, checksum: "0123456789abcdef".into(), errors: vec![("reset".into(), count)], retries, unsent: 3, check_ns: 4,
            };
            for event in [Event::Done(done), Event::Started { start_ns: jobs }, Event::Error { kind: ErrorKind::Io, message }] {
                prop_assert_eq!(super::event(event.json().as_bytes()), Ok(event));
            }
        }

        #[test]
        fn no_line_at_all_makes_it_panic(line in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = event(&line);
        }
    }

    #[test]
    fn says_what_is_wrong() {
        for (line, why) in [
            ("hello", "not JSON"),
            ("[]", "not a JSON object"),
            ("{}", "without 'event'"),
            (r#"{"event":"over"}"#, "unknown event 'over'"),
            (r#"{"event":"started","start_ns":-1}"#, "'start_ns' is not a whole number"),
            (r#"{"event":"error","kind":"odd","message":""}"#, "unknown kind 'odd'"),
        ] {
            let error = event(line.as_bytes()).unwrap_err();
            assert!(error.contains(why), "{line}: {error}");
        }
    }
}
