//! GNU parallel: shards over ssh, one at a time on each machine, and a merge behind them.

use super::Values;
use super::quote::{end_line, shell};

pub(super) fn file(values: &Values) -> String {
    let Values { shards, plan, poolbench, out, hosts, .. } = values;
    let end = end_line(&[plan, poolbench, out]);
    let hosts: Vec<String> =
        hosts.iter().map(|host| format!("    --sshlogin {} \\\n", shell(&format!("1/{host}")))).collect();
    let [plan, poolbench, out] = [plan, poolbench, out].map(|text| shell(text));
    format!(
        r#"#!/bin/sh
# Runs the shards of a plan over ssh with GNU parallel, and merges them: sh THIS_FILE [options of parallel ...]
# What fails is tried three times, on another machine if there is one; run it again, and what is missing is tried again.
#
# To edit: the machines (each `--sshlogin 1/...`: one shard at a time), and poolbench, which must be there under this name on each
# of them with its pools (unpack the archive of `make dist`). No shared folder is needed: the plan goes there and rows come back, to
# and from the folder .poolbench-fleet in the home directory. It takes parallel and rsync here and ssh and rsync there.
# How far they are: poolbench fleet status PLAN
set -u
# Rows that come back replace older ones only when all of them are here.
export PARALLEL_RSYNC_OPTS='-rlDzR --delay-updates'
plan={plan}
poolbench={poolbench}
out={out}
cd -- "$plan" || exit 2
cat >shard.sh <<'{end}'
poolbench={poolbench}
node=$(printf %s "${{PARALLEL_SSHHOST:-$(hostname)}}" | tr -c 'A-Za-z0-9._:-' '-')
exec "$poolbench" run --plan . --shard "$1" --out "shard-$1" --node "$node"
{end}
parallel \
{hosts}    --workdir .poolbench-fleet/$(cksum <plan.toml | tr ' ' '-') --basefile plan.toml --basefile shard.sh \
    --joblog parallel.log --resume-failed --retries 3 --return 'shard-{{}}' "$@" 'sh shard.sh {{}}' ::: $(seq 1 {shards})
# Also where a shard has failed: it then says which are missing.
exec "$poolbench" merge . --out "$out"
"#,
        hosts = hosts.concat()
    )
}
