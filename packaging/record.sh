#!/bin/sh
# Makes a recorded run of one that has ended: rows and notes gzipped, plan and machine as they are; `make record` calls it.
#
#   packaging/record.sh POOLBENCH RUN INTO
#
# Every command that reads a run reads INTO as it does RUN. The same run makes the same bytes. INTO must not be there yet, and is made whole
# or not at all.
set -eu

poolbench=$1
run=$2
into=$3

refuse() {
    echo "record: $1" >&2
    exit 2
}

[ -f "$run/plan.toml" ] || refuse "$run holds no run (it has no plan.toml); name the folder of one"
[ -f "$run/trials.csv" ] || refuse "$run has no trials.csv; one that is gzipped is recorded already"
[ ! -e "$into" ] || refuse "$into is there already; remove it, or name another folder"
ended=$("$poolbench" runs "$run" --json | sed -n 's/.*"ended": "\(.*\)".*/\1/p')
[ "$ended" = whole ] || refuse "$run is $ended; \`poolbench resume $run\` goes on with it"

beside=$into.new
mkdir -p "$(dirname "$into")"
mkdir "$beside"
trap 'rm -rf "$beside"' EXIT
for file in trials.csv notes.jsonl; do
    [ ! -f "$run/$file" ] || gzip -9 -n -c "$run/$file" >"$beside/$file.gz"
done
# Not paths.toml, which is of this machine alone, and nothing that a command can make again.
cp "$run/plan.toml" "$run/machine.json" "$beside"
for folder in "$(cd "$run" && pwd)" "$(pwd)" "${HOME:-}"; do
    [ ${#folder} -gt 1 ] || continue
    for file in "$beside"/*; do
        if gzip -dcf "$file" | grep -qF "$folder/"; then
            refuse "${file##*/} names the folder $folder of this machine, and would take it elsewhere"
        fi
    done
done
# Reads every row.
"$poolbench" fit "$beside" >/dev/null
mv "$beside" "$into"
echo "recorded: $into"
