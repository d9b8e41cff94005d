#!/usr/bin/env python3
"""Shards of one plan on real engines on loopback: what is merged is what one machine would have run, though a shard was killed
in the middle and a host was taken away. Says loudly which engine is not here, and ends with 0 then.

    check.py POOLBENCH [slurm] [parallel] [kubernetes] [kills]

Without a word it is all but `kills`, which takes some minutes. It ends by itself after WITHIN_S seconds, ten minutes unless the
environment says otherwise, and has cleaned up then as well.
"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import schemas
from bench import CELLS, SHARDS, Bench, remote
from engines import SLURM, SSH, SSHD, Slurm, Ssh, family_of, kill, kill_family, lacking, processes_with, wait_for, words_of
from kills import kills


def slurm(bench):
    bench.hold(2)
    bench.hold(4)
    with Slurm(bench.folder) as engine:
        # One at a time: these nodes are one machine.
        script = bench.make("slurm")
        said = subprocess.run(["sh", script, f"--array=1-{SHARDS}%1"], text=True, capture_output=True, check=True).stdout
        array = said.split("job ")[1].split(",")[0].strip()
        wait_for("shard 2 in its middle", lambda: bench.held(2))
        wait_for("requeued shard 2", lambda: engine.tell("scontrol", "requeue", f"{array}_2"))
        # What was requeued is to begin meanwhile, which `is_done` sees to.
        _, gone = wait_for("shard 4 in its middle", lambda: (engine.is_done(), bench.held(4))[1])
        # Said before the shard ends, or it would have failed by itself and not been lost with its node.
        wait_for("node that is down", lambda: engine.tell("scontrol", "update", f"nodename={gone}", "state=down", "reason=gone"))
        engine.lose(gone)
        kill([number for number in processes_with(str(bench.poolbench)) if b"--shard" in words_of(number)])
        wait_for("end of all jobs", engine.is_done)
        merged = bench.plan / "merged"
        assert (merged / "plan.toml").exists(), (bench.plan / "merge.log").read_text()
        return bench.check(merged, {"nodea", "nodeb"}, (4, gone))


def parallel(bench):
    bench.hold(2)
    bench.hold(3)
    return remote(lambda: over_ssh(bench), bench)


def over_ssh(bench):
    with Ssh(bench.folder) as engine:
        script = bench.make("parallel", "--host", "hosta", "--host", "hostb")
        again = ["sh", script, "--ssh", engine.wrapper]
        log = bench.folder / "parallel.out"
        with open(log, "w") as out:
            first = subprocess.Popen(again, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        # Which of the two is the first to come to its middle the engine decides.
        first_held = lambda: next(((shard, *found) for shard in [2, 3] if (found := bench.held(shard))), None)
        shard, process, _ = wait_for("shard in its middle", first_held)
        kill([process])
        shard = 5 - shard
        process, host = wait_for(f"shard {shard} in its middle", lambda: bench.held(shard))
        # What ran there went with it, if it is not gone already; numbers are used again.
        left = family_of([process])
        engine.lose(host)
        kill_family(left)
        wait_for("end of GNU parallel", lambda: first.poll() is not None)
        said = log.read_text()
        # What is tried again on the host that is left may do already.
        assert first.returncode == 0 or "missing: " in said, f"{first.returncode}: {said}"
        second = subprocess.run(again, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
        assert second.returncode == 0, f"{second.returncode}: {second.stdout}\n{second.stderr}\nfirst:\n{said}"
        return bench.check(bench.plan / "merged", {"hosta", "hostb"}, (shard, host))


def kubernetes(bench):
    import kubernetes_validate
    import yaml

    bench.run("plan", *CELLS, "--shards", SHARDS, "--out", bench.plan)
    hostile = "a $(b) 'c' \"d\"\n- e: \u2028\u0085 \U0001f600"
    text = bench.run("fleet", "kubernetes", bench.plan, "--image", hostile, "--claim", "rows", "--poolbench", hostile)
    job = yaml.safe_load(text)
    for version in ["1.33", kubernetes_validate.latest_version()]:
        kubernetes_validate.validate(job, version, strict=True)
    container = job["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == hostile and container["command"][3].replace("$$", "$") == hostile
    job["spec"]["completionsMode"] = "Indexed"
    try:
        kubernetes_validate.validate(job, "1.33", strict=True)
    except kubernetes_validate.ValidationError:
        return "the job file passes the strict schemas of 1.33 and of the latest version; rendered, not run"
    raise AssertionError("these schemas let a field pass that does not exist")


def main():
    poolbench = pathlib.Path(sys.argv[1]).resolve()
    limit_s = int(os.environ.get("WITHIN_S", "600"))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"it took longer than {limit_s} s"))
    # However it ends, what was started is ended and what was written is removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("it was stopped"))
    parts = {
        "slurm": (slurm, SLURM),
        "parallel": (parallel, SSH + [SSHD]),
        "kubernetes": (kubernetes, []),
        "kills": (kills, SSH + [SSHD]),
    }
    for name in sys.argv[2:] or list(parts)[:3]:
        signal.alarm(limit_s)
        part, programs = parts[name]
        missing = lacking(programs)
        if name == "kubernetes":
            missing = schemas.lacking(poolbench.parent.parent)
        if programs and os.getuid() != 0:
            missing.append("the rights of root")
        if missing:
            print(f"\n!!! LEFT OUT: {name}: not here: {', '.join(missing)}\n", flush=True)
            continue
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="poolbench-fleet-") as folder:
            folder = pathlib.Path(folder)
            # munge and sshd look at it as other users.
            folder.chmod(0o755)
            found = part(Bench.holding(poolbench, folder))
            left = processes_with(str(folder))
            assert not left, f"processes are left: {[words_of(number) for number in left]}"
        print(f"{name}: right; {found} ({time.monotonic() - begun:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
