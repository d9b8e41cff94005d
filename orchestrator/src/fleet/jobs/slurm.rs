//! Slurm: an array of shards, each with a node for itself, and a merge behind them.

use super::Values;
use super::quote::{end_line, shell};

pub(super) fn file(values: &Values) -> String {
    let Values { shards, plan, poolbench, out, .. } = values;
    let end = end_line(&[plan, poolbench, out]);
    let [plan, poolbench, out] = [plan, poolbench, out].map(|text| shell(text));
    format!(
        r#"#!/bin/sh
# Submits the shards of a plan to Slurm, and a merge behind them: sh THIS_FILE [options of sbatch ...]
#
# To edit, or to give as options: --partition and --account of your site, --time above what `poolbench plan` expects of a shard.
# The plan's folder and poolbench must be there on every node under these names (a shared folder).
# Each shard has a node for itself. Where several nodes are one machine they would disturb each other: --array=1-{shards}%1
# A shard that was lost with its node is run again, as a whole. Run one again by hand: sh THIS_FILE --array=3
# How far they are: poolbench fleet status PLAN
set -eu
array=$(sbatch --parsable --job-name=poolbench --array=1-{shards} --nodes=1 --ntasks=1 --exclusive --requeue \
    --output=/dev/null --open-mode=append "$@" <<'{end}'
#!/bin/sh
plan={plan}
poolbench={poolbench}
exec >>"$plan/shard-$SLURM_ARRAY_TASK_ID.log" 2>&1
node=$(printf %s "$SLURMD_NODENAME" | tr -c 'A-Za-z0-9._:-' '-')
exec "$poolbench" run --plan "$plan" --shard "$SLURM_ARRAY_TASK_ID" --node "$node"
{end}
)
# It also runs where a shard has failed, and then says which are missing.
merge=$(sbatch --parsable --job-name=poolbench-merge --dependency=afterany:"${{array%%;*}}" --nodes=1 --ntasks=1 \
    --output=/dev/null --open-mode=append <<'{end}'
#!/bin/sh
plan={plan}
poolbench={poolbench}
out={out}
exec >>"$plan/merge.log" 2>&1
exec "$poolbench" merge "$plan" --out "$out"
{end}
)
echo "shards: job ${{array%%;*}}, merge: job ${{merge%%;*}}"
"#
    )
}
