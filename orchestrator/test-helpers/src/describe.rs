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
    let title = if mode == Mode::Steers { STEERS_IN_JSON } else { "a pool for tests" };
    format!(
        "{{\"protocol\":1,\"name\":\"{}\",\"title\":\"{title}\",\"kind\":\"{kind}\",\"stop\":\"joined\",\
         \"workloads\":[{workloads}],\"chunk\":[\"own\"],\"window\":[\"all\"]}}",
        mode.word()
    )
}

/// The workloads that it lists.
pub(crate) fn workloads(mode: Mode) -> impl Iterator<Item = &'static str> {
    let second = match mode {
        Mode::Hasty | Mode::AllAtOnce | Mode::OneAtATime => Some("sleep"),
        Mode::NoRequests => Some("http"),
        _ => None,
    };
    std::iter::once("noop").chain(second)
}
