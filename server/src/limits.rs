//! How many descriptors, and with them connections, the process may hold.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the soft limit on open descriptors to the hard one.
///
/// Usual soft limits (1,024) are below the number of connections a large batch opens at once. A refusal is no reason to
/// end: the server then works with what it has.
pub(crate) fn raise_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        eprintln!("poolbench-server: cannot raise the limit of {:?} descriptors: {error}", limit.current);
    }
}
