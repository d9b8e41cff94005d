#!/bin/sh
# A step for any continuous integration: measures, judges the run against a history, keeps it there, and writes what it found as Markdown.
#
#   POOLBENCH=poolbench PRESET=quick HISTORY=history SUMMARY=summary.md sh gate.sh [more for `poolbench run`]
#
# HISTORY must outlive the job: a folder of the machine that runs it, or one that the engine's cache brings and takes. All jobs that share one run
# on machines of one kind, and one build of some pools stays in all runs (say an archive of `make dist`, with your pool by --pools-from).
#
# Ends as `poolbench gate` does: 0 open, 2 it could not judge, 3 shut; with 0 while the history has fewer than five runs.
set -eu

poolbench=${POOLBENCH:-poolbench}
preset=${PRESET:-quick}
history=${HISTORY:-history}
summary=${SUMMARY:-${GITHUB_STEP_SUMMARY:-/dev/stdout}}
run=${RUN:-run-of-this-job}

# A run with trials that are not ok ends with 1; the gate says which cells it lacks.
code=0
"$poolbench" run "$preset" --out "$run" "$@" || code=$?
[ "$code" -le 1 ] || exit "$code"

# The runs that are there before this one. A gate takes five of them at least.
kept=0
for plan in "$history"/*/plan.toml; do
    [ ! -f "$plan" ] || kept=$((kept + 1))
done
code=0
if [ "$kept" -gt 0 ]; then
    said=$("$poolbench" gate --history "$history" "$run" --markdown) || code=$?
else
    said="The first run of the history: nothing to hold it against yet."
fi

# A run that is worse is kept as well: since when it is, only a history can tell.
"$poolbench" archive "$run" --into "$history" >&2
printf '%s\n\n%s\n' "$said" "$("$poolbench" history "$history" --markdown)" >>"$summary"

if [ "$code" -eq 2 ] && [ "$kept" -lt 5 ]; then
    echo "the history is too young to judge: $kept runs" >&2
    code=0
fi
exit "$code"
