//! Where the GET goes: an address in numbers, so that no name is looked up inside a job.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

/// A server's address and the request for it, built once.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Target {
    addr: SocketAddr,
    url: String,
    request: String,
}

impl Target {
    /// The address to connect to.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The URL as given.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The path, from its first slash on.
    pub fn path(&self) -> &str {
        self.request.split(' ').nth(1).unwrap_or("/")
    }

    /// The bytes of the request.
    pub fn request(&self) -> &[u8] {
        self.request.as_bytes()
    }

    /// The `host` header's value.
    pub fn host(&self) -> String {
        self.addr.to_string()
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let wrong = || format!("'{url}' is not http://ADDRESS:PORT/PATH with an address in numbers and no blanks");
        let rest = url.strip_prefix("http://").ok_or_else(wrong)?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let addr: SocketAddr = authority.parse().map_err(|_| wrong())?;
        if !path.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(wrong());
        }
        let path = if path.is_empty() { "/" } else { path };
        let request = format!("GET {path} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n\r\n");
        Ok(Self { addr, url: url.to_owned(), request })
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn takes_numbers_only_and_never_a_line_break() {
        let target: Target = "http://127.0.0.1:80/x".parse().unwrap();
        assert_eq!((target.path(), target.host().as_str()), ("/x", "127.0.0.1:80"));
        assert_eq!(target.request(), b"GET /x HTTP/1.1\r\nhost: 127.0.0.1:80\r\nconnection: close\r\n\r\n");
        for url in [
            "",
            "127.0.0.1:80",
            "http://localhost:80/",
            "http://127.0.0.1/",
            "http://127.0.0.1:80/a b",
            "http://127.0.0.1:80/\r\n",
        ] {
            assert!(url.parse::<Target>().is_err(), "{url:?}");
        }
    }
}
