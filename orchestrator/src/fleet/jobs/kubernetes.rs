//! Kubernetes: an indexed job, whose pods lie on a node each and have their cores for themselves.

use super::Values;
use super::quote::{argument, yaml};

/// Runs the shard of the pod: `$0` is poolbench, `$1` the plan.
const SCRIPT: &str = r#"exec "$0" run --plan "$1" --shard "$((JOB_COMPLETION_INDEX + 1))" --node "$NODE_NAME""#;

pub(super) fn file(values: &Values) -> String {
    let Values { shards, plan, poolbench, image, claim, cores, .. } = values;
    let (image, claim) = (yaml(image), yaml(claim));
    let [script, poolbench, folder] = [SCRIPT, poolbench, plan].map(argument);
    let plan = yaml(plan);
    format!(
        include_str!("kubernetes.yaml"),
        shards = shards,
        image = image,
        script = script,
        poolbench = poolbench,
        argument = folder,
        cores = cores,
        plan = plan,
        claim = claim
    )
}
