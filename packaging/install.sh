#!/bin/sh
# Puts a built poolbench under a prefix, or takes it away again; `make install`, `make uninstall` and `make dist` call it.
#
#   packaging/install.sh install PREFIX BUILT MANUAL     BUILT: target/release, MANUAL: what the example `manual` wrote
#   packaging/install.sh uninstall PREFIX
#
# All programs lie in PREFIX/libexec/poolbench, where they find each other; PREFIX/bin/poolbench is a relative link to it, so
# that the whole tree can be moved.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
action=$1
prefix=$2

uninstall() {
    rm -rf "$prefix/libexec/poolbench"
    rm -f "$prefix/bin/poolbench" "$prefix"/share/man/man1/poolbench.1 "$prefix"/share/man/man1/poolbench-*.1 \
        "$prefix/share/bash-completion/completions/poolbench" "$prefix/share/zsh/site-functions/_poolbench" \
        "$prefix/share/fish/vendor_completions.d/poolbench.fish"
}

case $action in
install)
    built=$3
    manual=$4
    uninstall
    mkdir -p "$prefix/bin" "$prefix/libexec/poolbench" "$prefix/share"
    # What the crates of today build, and not what an older state of them has left in the folder.
    for program in poolbench poolbench-server poolbench-job libpoolbench_jobs.so $(sh "$here/packaging/pools.sh"); do
        install -m 755 "$built/$program" "$prefix/libexec/poolbench/$program"
    done
    if [ -d "$here/guests" ]; then
        (cd "$here" && find guests -type f ! -path '*/.venv/*' ! -path '*/node_modules/*' ! -name '*.pyc') | while read -r file; do
            mkdir -p "$prefix/libexec/poolbench/$(dirname "$file")"
            cp -p "$here/$file" "$prefix/libexec/poolbench/$file"
        done
    fi
    ln -sf ../libexec/poolbench/poolbench "$prefix/bin/poolbench"
    cp -R "$manual/." "$prefix/share/"
    echo "installed: $prefix/bin/poolbench"
    ;;
uninstall)
    uninstall
    rmdir "$prefix/libexec" "$prefix/bin" 2>/dev/null || true
    echo "taken away: $prefix/bin/poolbench and $prefix/libexec/poolbench; runs stay where they are"
    ;;
*)
    echo "usage: $0 install PREFIX BUILT MANUAL | uninstall PREFIX" >&2
    exit 2
    ;;
esac
