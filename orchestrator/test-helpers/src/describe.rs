//! What the pool says of itself.

use crate::faults::STEERS_IN_JSON;
use crate::mode::Mode;

/// The object of `--describe`.
pub(crate) fn json(mode: Mode) -> String {
    if mode == Mode::BadDescribe {
        return "a pool, honestly".to_owned();
    }
    let kind = if mode.has_workers() { "threads" } else { "serial" };
    let workloads = workloads(mode).map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(",");
    let version = if mode == Mode::BadVersion { "1.2+RC" } else { "1.2" };
    let abilities = if mode.has_isolation() { "\"isolation\"" } else { "" };
    let title = if mode == Mode::Steers { STEERS_IN_JSON } else { "a pool for tests" };
    format!(
        "{{\"protocol\":1,\"name\":\"{}\",\"title\":\"{title}\",\"kind\":\"{kind}\",\"version\":\"{version}\",\
         \"stop\":\"joined\",\"abilities\":[{abilities}],\"workloads\":[{workloads}],\"chunk\":[\"own\"],\"window\":[\"all\"]}}",
        mode.word()
    )
}

/// The workloads that it lists.
pub(crate) fn workloads(mode: Mode) -> impl Iterator<Item = &'static str> {
    let second = match mode {
        Mode::Hasty | Mode::FirstBatchOnly | Mode::SameTimes => Some("sleep"),
        mode if mode.has_workers() => Some("sleep"),
        Mode::NoRequests => Some("http"),
        Mode::ClaimsLib => Some("lib"),
        _ => None,
    };
    std::iter::once("noop").chain(second)
}
