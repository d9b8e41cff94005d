//! A workload as plans and rows name it: like the harness's, but `http` has the server's delay instead of a URL, and jobs of the
//! user's own have a word instead of a path.

use std::fmt;
use std::str::FromStr;

use harness::own::Own;
use harness::{Span, Workload};

/// What the jobs of a cell do.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Spec {
    /// For `http` with a target that is only known when the server runs.
    workload: Workload,
    delay: Option<Span>,
}

/// Stands in for the server's address until there is one.
const NOWHERE: &str = "http://127.0.0.1:1/";

impl Spec {
    /// The workload's name.
    pub fn name(&self) -> &'static str {
        self.workload.name()
    }

    /// The parameter as the CSV has it; empty where there is none.
    pub fn param(&self) -> String {
        self.delay.map_or_else(|| self.workload.param(), |delay| delay.to_string())
    }

    /// How long the server holds each answer back; only workloads of the web have one.
    pub fn delay(&self) -> Option<Span> {
        self.delay
    }

    /// The workload without a server's address: good for everything but running it.
    pub fn workload(&self) -> &Workload {
        &self.workload
    }

    /// The user's own jobs, if they are.
    pub fn own(&self) -> Option<&Own> {
        self.workload.own()
    }

    /// Changes what is known of the user's own jobs; does nothing to others.
    pub fn set_own(&mut self, change: impl FnOnce(&mut Own)) {
        if let Workload::Own(own) = &mut self.workload {
            change(own);
        }
    }

    /// The workload as a pool gets it, with the address of the server where it needs one.
    pub fn argument(&self, server_url: Option<&str>) -> String {
        match server_url.filter(|_| self.delay.is_some()) {
            Some(url) => format!("{}:{url}", self.name()),
            None => self.workload.to_string(),
        }
    }
}

impl FromStr for Spec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, param) = text.split_once(':').unwrap_or((text, "0ms"));
        if ["http", "http-native"].contains(&name) {
            let delay = param.parse().map_err(|why| format!("{name} takes the server's delay: {why}"))?;
            return Ok(Self { workload: format!("{name}:{NOWHERE}").parse()?, delay: Some(delay) });
        }
        Ok(Self { workload: text.parse()?, delay: None })
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.param().as_str() {
            "" => f.write_str(self.name()),
            param => write!(f, "{}:{param}", self.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Spec;

    #[test]
    fn http_has_a_delay_in_plans_and_a_url_for_pools() {
        let spec: Spec = "http:5ms".parse().unwrap();
        assert_eq!((spec.to_string().as_str(), spec.param().as_str()), ("http:5ms", "5ms"));
        assert_eq!(spec.argument(Some("http://127.0.0.1:80/")), "http:http://127.0.0.1:80/");
        assert_eq!("http".parse::<Spec>().unwrap().to_string(), "http:0ms");
        let sleep: Spec = "sleep:20ms".parse().unwrap();
        assert_eq!(sleep.argument(Some("http://127.0.0.1:80/")), "sleep:20ms");
    }
}
