#!/bin/sh
# Makes a recorded run of one that has ended, as `poolbench archive` keeps it, if it names no folder of this machine; `make record` calls it.
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

beside=$into.new
mkdir -p "$(dirname "$into")"
mkdir "$beside"
trap 'rm -rf "$beside"' EXIT
# Reads every row, and refuses a run that has not ended.
"$poolbench" archive "$run" --into "$beside" >/dev/null
kept=$(echo "$beside"/*/)
for folder in "$(cd "$run" && pwd)" "$(pwd)" "${HOME:-}"; do
    [ ${#folder} -gt 1 ] || continue
    for file in "$kept"*; do
        if gzip -dcf "$file" | grep -qF "$folder/"; then
            refuse "${file##*/} names the folder $folder of this machine, and would take it elsewhere"
        fi
    done
done
mv "${kept%/}" "$into"
echo "recorded: $into"
