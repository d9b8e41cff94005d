//! Whether two records are of one machine in one setting: field by field, never by a hash, and what differs by its name. What
//! a record does not have, as those of older versions, is not held against it.

use std::fmt;

use super::machine::Machine;
use crate::observe::Setting;

/// Memory that differs by less than a twentieth is the same: balloons and containers take and give some.
const MEMORY_SHARE: u64 = 20;

/// Something that makes two machines of two records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name.
    pub what: &'static str,
    /// What stands before its value in a sentence.
    before: &'static str,
    /// Of the first record.
    pub then: String,
    /// Of the second.
    pub now: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { before, then, now, .. } = self;
        write!(f, "the run began {before} {then}, this is {now}")
    }
}

/// What differs between the machine of a record and another.
pub fn differences(then: &Machine, now: &Machine) -> Vec<Difference> {
    let known = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty() && text != "unknown");
    let memory = then.memory_bytes.abs_diff(now.memory_bytes);
    let is_other = memory.saturating_mul(MEMORY_SHARE) > then.memory_bytes.max(now.memory_bytes);
    let bytes =
        |machine: &Machine| Some(machine.memory_bytes).filter(|bytes| *bytes > 0 && is_other).map(harness::human::size);
    // Older records have the number of cores alone, to which a quota had been added.
    let cores = |machine: &Machine, other: &Machine| {
        let has_quota = [machine, other].iter().any(|one| one.setting.quota_permille.unwrap_or(0) > 0);
        let says_more = !machine.setting.affinity.is_empty() && !other.setting.affinity.is_empty();
        (!has_quota && !says_more).then(|| machine.cores.to_string())
    };
    let fields = [
        difference("processor", "on processor", known(&then.cpu), known(&now.cpu)),
        difference("kernel", "under Linux", known(&then.kernel), known(&now.kernel)),
        difference("memory", "with memory of", bytes(then), bytes(now)),
        difference("cores", "on a number of cores of", cores(then, now), cores(now, then)),
    ];
    fields.into_iter().flatten().chain(settings(&then.setting, &now.setting)).collect()
}

/// What differs between two settings of one machine.
pub fn settings(then: &Setting, now: &Setting) -> Vec<Difference> {
    let affinity = |setting: &Setting| Some(setting.affinity.clone()).filter(|list| !list.is_empty());
    let fields = [
        difference("processors", "on processors", affinity(then), affinity(now)),
        difference("CPU quota", "with a CPU quota of", then.quota(), now.quota()),
        difference("scheduling class", "in scheduling class", then.class(), now.class()),
    ];
    fields.into_iter().flatten().collect()
}

fn difference(
    what: &'static str,
    before: &'static str,
    then: Option<String>,
    now: Option<String>,
) -> Option<Difference> {
    let (then, now) = then.zip(now).filter(|(then, now)| then != now)?;
    Some(Difference { what, before, then, now })
}

/// Differences as a sentence has them.
pub fn sentence(differences: &[Difference]) -> String {
    differences.iter().map(Difference::to_string).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(change: impl FnOnce(&mut Machine)) -> Vec<String> {
        let setting = Setting {
            affinity: "0-1".into(),
            quota_permille: Some(0),
            policy: "other".into(),
            nice: Some(0),
            priority: Some(0),
        };
        let then = Machine { setting, ..Machine::read(None) };
        let mut now = then.clone();
        change(&mut now);
        differences(&then, &now).iter().map(Difference::to_string).collect()
    }

    #[test]
    fn each_field_is_named_with_both_values_and_a_name_is_none() {
        assert_eq!(changed(|_| ()), [""; 0]);
        assert_eq!(changed(|m| m.host = "elsewhere".into()), [""; 0], "a name is a name only");
        let one = |change: fn(&mut Machine), what: &str| {
            let said = changed(change);
            assert!(said.len() == 1 && said[0].contains(what), "{said:?}");
        };
        one(|m| m.setting.affinity = "77".into(), ", this is 77");
        one(|m| m.setting.quota_permille = Some(1500), "with a CPU quota of none, this is 1.50 cores");
        one(|m| m.setting.policy = "idle".into(), ", this is idle");
        one(|m| m.setting.nice = Some(17), "other, nice 0, this is other, nice 17");
        one(|m| m.kernel = "2.4".into(), ", this is 2.4");
        one(|m| m.cpu = "Z80".into(), ", this is Z80");
    }

    #[test]
    fn memory_may_differ_by_a_twentieth() {
        assert_eq!(changed(|m| m.memory_bytes -= 4096), [""; 0]);
        assert_eq!(changed(|m| m.memory_bytes -= m.memory_bytes / 21), [""; 0]);
        assert_eq!(changed(|m| m.memory_bytes -= m.memory_bytes / 19).len(), 1);
    }

    #[test]
    fn what_an_old_record_lacks_is_not_held_against_it() {
        let old = include_str!("../../tests/fixtures/schema-1/machine.json");
        let old: Machine = serde_json::from_str(old).unwrap();
        let alike = Machine { setting: Setting { affinity: "0-1".into(), ..Setting::read() }, ..old.clone() };
        assert_eq!(differences(&old, &alike), []);
        let said = sentence(&differences(&old, &Machine { cores: 1, ..alike }));
        assert_eq!(said, "the run began on a number of cores of 2, this is 1");
    }
}
