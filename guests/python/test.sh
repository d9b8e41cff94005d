#!/bin/sh
# Drives every pool of guests/python/pools.toml through `check-pool`, and through 40 batches drawn at random.
# 90 s are for 200 interpreters, which joblib starts afresh. Called as: guests/python/test.sh POOLBENCH [NAME...], all pools unless some are named.
set -u
poolbench=$1
shift
cd "$(dirname "$0")" || exit 2
python=$(python3 -c 'import os, sys; print(os.path.realpath(sys.executable))') || exit 2
failed=""
for file in py_*.py; do
    name=$(echo "${file%.py}" | tr _ -)
    case " $* " in *" $name "* | "  ") ;; *) continue ;; esac
    # As the list has it.
    grep -q "^command = \[\"python3\", \"$file\"\]" pools.toml && interpreter=$python || interpreter=.venv/bin/python
    for how in "" "--random 40 --seed 11 --patience 90s"; do
        # shellcheck disable=SC2086
        "$poolbench" check-pool $how "$interpreter" "$file" >"${TMPDIR:-/tmp}/check-$$" 2>&1 && said=$(tail -n 1 "${TMPDIR:-/tmp}/check-$$") \
            || { said=$(cat "${TMPDIR:-/tmp}/check-$$"); failed="$failed $name"; }
        printf '%s\n' "$said"
    done
done
rm -f "${TMPDIR:-/tmp}/check-$$"
[ -z "$failed" ] || { echo "do not keep the contract:$failed" >&2; exit 1; }
