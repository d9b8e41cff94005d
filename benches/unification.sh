#!/bin/sh
# Checks that every pool is the same binary from `cargo build -p` as from `cargo build --workspace`: what is
# measured must not depend on what else is built. Two builds from nothing under target/unification; exit 1 if a pool differs.
set -eu
cd "$(dirname "$0")/.."
where=target/unification
rm -rf "$where"

CARGO_TARGET_DIR=$where/workspace cargo build --quiet --release --locked --workspace
differ=0
for crate in crates/pool-*; do
    pool=${crate##*/}
    CARGO_TARGET_DIR=$where/alone cargo build --quiet --release --locked -p "$pool"
    # A crate may hold more than one pool: variants are further binaries of it.
    for binary in "$where/alone/release/$pool"*; do
        name=${binary##*/}
        case $name in *.d) continue ;; esac
        if cmp -s "$binary" "$where/workspace/release/$name"; then
            echo "same    $name $(sha256sum "$binary" | cut -c1-16)"
        else
            echo "DIFFERS $name: compare 'cargo tree -e features -p $pool' with '--workspace'" >&2
            differ=1
        fi
    done
done
rm -rf "$where"
exit $differ
