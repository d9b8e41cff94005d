#!/bin/sh
# The names of the pools' programs, as the crates have them; those that need a feature are left out.
set -eu
cd "$(dirname "$0")/.."
cargo metadata --format-version 1 --no-deps --offline --locked | python3 -c '
import json, sys
for package in json.load(sys.stdin)["packages"]:
    for target in package["targets"]:
        if "bin" in target["kind"] and target["name"].startswith("pool-") and not target.get("required-features"):
            print(target["name"])
'
