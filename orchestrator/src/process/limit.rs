//! Limits of the system that this process itself can reach, so that no pool is blamed for them.

use std::io;

use rustix::io::Errno;
use rustix::process::{Resource, geteuid, getrlimit};

/// The limit of this process that an error comes from, if from any: `its limit of 64 descriptors`.
pub fn reached(why: &anyhow::Error) -> Option<String> {
    let numbers = why.chain().filter_map(|cause| match cause.downcast_ref::<io::Error>() {
        Some(cause) => Errno::from_io_error(cause),
        None => cause.downcast_ref::<Errno>().copied(),
    });
    let (what, most) = match numbers.last()? {
        Errno::MFILE => ("descriptors", getrlimit(Resource::Nofile).current),
        Errno::NFILE => ("descriptors of the whole system", None),
        // No such limit binds root; the number of a group's limit is not known here.
        Errno::AGAIN => ("processes and threads", getrlimit(Resource::Nproc).current.filter(|_| !geteuid().is_root())),
        Errno::NOMEM => ("memory", None),
        _ => return None,
    };
    let most = most.map_or(String::new(), |most| format!("{most} "));
    Some(format!("its limit of {most}{what}"))
}
