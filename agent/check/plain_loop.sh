#!/bin/sh
# Holds `tenshot-agent bench` against a plain loop over tract: alternating, PAIRS pairs (10), each
# run a process of its own. Prints every pair and the median ratio of the trimmed means; fails where
# it is more than 3% from 1. Run it on a machine that does nothing else.
#
# Usage: check/plain_loop.sh MODEL   (in agent/, PAIRS=20 for more)
set -eu
model=${1:?usage: check/plain_loop.sh MODEL}
pairs=${PAIRS:-10}
cargo build --quiet --release --package tenshot-agent --bin tenshot-agent --example plain_loop
target=${CARGO_TARGET_DIR:-$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')}
agent() { "$target/release/tenshot-agent" bench "$model" --json | sed 's/.*"trimmed_mean":\([0-9.e-]*\).*/\1/'; }
plain() { "$target/release/examples/plain_loop" "$model"; }
for pair in $(seq "$pairs"); do
    # The order changes from pair to pair, so that a drift of the machine favours neither.
    if [ $((pair % 2)) -eq 0 ]; then a=$(agent); p=$(plain); else p=$(plain); a=$(agent); fi
    [ -n "$a" ] && [ -n "$p" ] || exit 1
    echo "$a $p"
done | awk '
    { ratio[NR] = $1 / $2; printf "agent %8.3f ms   plain loop %8.3f ms   ratio %.4f\n", $1, $2, ratio[NR] }
    END {
        for (i = 2; i <= NR; i++) for (j = i; j > 1 && ratio[j] < ratio[j - 1]; j--) {
            t = ratio[j]; ratio[j] = ratio[j - 1]; ratio[j - 1] = t
        }
        median = NR % 2 ? ratio[(NR + 1) / 2] : (ratio[NR / 2] + ratio[NR / 2 + 1]) / 2
        printf "median ratio %.4f over %d pairs\n", median, NR
        exit !(median > 0.97 && median < 1.03)
    }'
