//! Serialises types of the harness by their text, since the harness itself links no serialisation library.

use std::fmt::Display;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Writes a value as its text.
pub(crate) fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// Reads a value from its text.
pub(crate) fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

/// The same for what may be a plain number: that stays a number in the file.
pub(crate) mod or_number {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Word {
        Number(u64),
        Text(String),
    }

    /// Writes a value as a number if its text is one, else as its text.
    pub(crate) fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        match value.to_string().parse() {
            Ok(number) => serializer.serialize_u64(number),
            Err(_) => serializer.collect_str(value),
        }
    }

    /// Reads a value from a number or its text.
    pub(crate) fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        let text = match Word::deserialize(deserializer)? {
            Word::Number(number) => number.to_string(),
            Word::Text(text) => text,
        };
        text.parse().map_err(D::Error::custom)
    }
}
