//! The shared exchange: what every runtime reads through its own sockets and how the answer is judged. No I/O in here.

use std::time::Duration;

use super::failure::Failure;
use crate::slots::Fault;

/// Everything one attempt may take, in the shared exchange; the Python originals have no bound and can hang.
pub const TIMEOUT: Duration = Duration::from_secs(5);
/// The body that the server sends.
pub const BODY: &[u8] = b"OK";
/// What every answer begins with, and what is between its head and its body.
const BEGIN: &[u8] = b"HTTP/1.";
const BLANK: &[u8] = b"\r\n\r\n";
/// Room for one answer. The server's is about 100 bytes; more than this is not an answer of ours.
const ROOM: usize = 1024;

/// One answer as it arrives. Always read to the end of the stream, so that the server closes first and the port that
/// waits (`TIME_WAIT`) is on its side.
#[derive(Debug)]
pub struct Exchange {
    buffer: [u8; ROOM],
    len: usize,
}

impl Default for Exchange {
    fn default() -> Self {
        Self { buffer: [0; ROOM], len: 0 }
    }
}

impl Exchange {
    /// Where the next bytes go; never empty.
    pub fn space(&mut self) -> &mut [u8] {
        &mut self.buffer[self.len..]
    }

    /// Takes `count` bytes that were read into [`Exchange::space`]; 0 means that the stream ended. True when the answer
    /// is whole and right, false when there is more to read.
    pub fn filled(&mut self, count: usize) -> Result<bool, Failure> {
        if count == 0 {
            return self.judge().map(|()| true).map_err(Failure::from);
        }
        self.len += count;
        if self.len < ROOM { Ok(false) } else { Err(Fault::Body.into()) }
    }

    /// As step 4 of the exchange in PROTOCOL has it, which pools in other languages follow: a parser of HTTP would look at more.
    fn judge(&self) -> Result<(), Fault> {
        let bytes = &self.buffer[..self.len];
        if !BEGIN.starts_with(&bytes[..bytes.len().min(BEGIN.len())]) {
            return Err(Fault::Body);
        }
        let Some(head) = bytes.windows(BLANK.len()).position(|some| some == BLANK) else {
            return Err(Fault::Eof);
        };
        match bytes[BEGIN.len()..] {
            [b'0' | b'1', b' ', b'2', b'0', b'0', b' ' | b'\r', ..] => {}
            [b'0' | b'1', b' ', a, b, c, b' ' | b'\r', ..] if [a, b, c].iter().all(u8::is_ascii_digit) => {
                return Err(Fault::Status);
            }
            _ => return Err(Fault::Body),
        }
        match &bytes[head + BLANK.len()..] {
            BODY => Ok(()),
            // The end of the stream is the only mark of the body's end, so a cut body is an early end.
            cut if BODY.starts_with(cut) => Err(Fault::Eof),
            _ => Err(Fault::Body),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &[u8] = b"HTTP/1.0 200 OK\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\nOK";

    fn feed(parts: &[&[u8]]) -> Result<bool, Fault> {
        let mut exchange = Exchange::default();
        for part in parts {
            for bytes in part.chunks(ROOM) {
                let space = exchange.space();
                let count = bytes.len().min(space.len());
                space[..count].copy_from_slice(&bytes[..count]);
                exchange.filled(count).map_err(|failure| failure.fault)?;
            }
        }
        exchange.filled(0).map_err(|failure| failure.fault)
    }

    #[test]
    fn an_answer_may_be_split_anywhere() {
        for at in 1..ANSWER.len() {
            assert_eq!(feed(&[&ANSWER[..at], &ANSWER[at..]]), Ok(true), "split at {at}");
        }
    }

    #[test]
    fn an_answer_cut_anywhere_is_an_early_end() {
        for at in 0..ANSWER.len() {
            assert_eq!(feed(&[&ANSWER[..at]]), Err(Fault::Eof), "cut at {at}");
        }
    }

    #[test]
    fn other_answers_have_their_class() {
        assert_eq!(feed(&[b"HTTP/1.1 503 Busy\r\n\r\n"]), Err(Fault::Status));
        assert_eq!(feed(&[b"HTTP/1.1 200 OK\r\n\r\nKO"]), Err(Fault::Body));
        assert_eq!(feed(&[ANSWER, b"!"]), Err(Fault::Body));
        assert_eq!(feed(&[b"HTTP/1.1 503\r\n\r\n"]), Err(Fault::Status));
        assert_eq!(feed(&[b"SSH-2.0-x"]), Err(Fault::Body));
        assert_eq!(feed(&[b"HTTP/1.1 rubbish"]), Err(Fault::Eof));
        assert_eq!(feed(&[b"HTTP/2.0 200 OK\r\n\r\nOK"]), Err(Fault::Body));
        for line in
            ["HTTP/1.7 200 OK", "HTTP/1.1 200x", "HTTP/1.1 20", "HTTP/1.1 2000 OK", "HTTP/1.1  200 OK", "HTTP/1."]
        {
            assert_eq!(feed(&[line.as_bytes(), b"\r\n\r\nOK"]), Err(Fault::Body), "{line}");
        }
        assert_eq!(feed(&[b"HTTP/1.1 200\r\nno header\r\n\r\nOK"]), Ok(true), "headers are not looked at");
        assert_eq!(feed(&[&[b'x'; 3 * ROOM]]), Err(Fault::Body));
    }
}
