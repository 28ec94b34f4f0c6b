#!/usr/bin/env bash
# Cuts the power under the real server, ROUNDS times, on a disk that is a file: the store lies in an ext4 image mounted by
# a loop device; at a random instant everything that writes is stopped, the image is copied as the "disk" had it by then -
# nothing of the kernel's own cache is in it -, and the copy is mounted and looked into.
#
#   tests/power/cut.sh ROUNDS [PAUSE_MS]      PAUSE_MS between two writes of a writer: a trickle instead of full load
#
# Needs root (mount, loop devices), e2fsprogs, and 1 GB in /dev/shm or $SAQTA_POWER_DIR. Exits 77 where there are no loop
# mounts, 1 if anything acknowledged was lost, a store did not open, of 10 cuts or more none had anything acknowledged of
# some kind, or 50 cuts or more hit no compaction.
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:?how many rounds}
export SAQTA_LOAD_PAUSE_MS=${2:-0}

crash=$(cargo bench --locked --bench crash --no-run --message-format=json --profile "${SAQTA_POWER_PROFILE:-dev}" |
    sed -n 's/.*"name":"crash".*"executable":"\([^"]*\)".*/\1/p' | tail -1)
[ -x "$crash" ] || { echo "the writer was not built"; exit 1; }

work=$(mktemp -d "${SAQTA_POWER_DIR:-/dev/shm}/saqta-power.XXXXXX")
mkdir "$work/disk" "$work/copy"
writer=
clean() {
    [ -z "$writer" ] || kill -KILL -- "-$writer" 2>/dev/null || true
    umount "$work/copy" 2>/dev/null || true
    umount "$work/disk" 2>/dev/null || true
    rm -rf "$work"
}
trap clean EXIT
truncate -s 700M "$work/image"
mkfs.ext4 -q "$work/image"
mount -o loop "$work/image" "$work/disk" 2>/dev/null || { echo "no loop mounts here"; exit 77; }

# Compactions begun and completed, and disks on which both the old and the new data lay.
lost=0 begun=0 completed=0 between=0
# Of each sender's answers, the notes and the registries: how many rounds had one acknowledged.
written=(0 0 0 0 0)
for round in $(seq "$rounds"); do
    rm -rf "$work/disk/store"* "$work/acknowledged"
    sync -f "$work/disk"
    setsid "$crash" write "$work/disk/store" >"$work/acknowledged" 2>"$work/said" &
    writer=$!
    # Not before the server answers; then anywhere in the next two seconds.
    for _ in $(seq 300); do [ -s "$work/acknowledged" ] && break; sleep 0.1; done
    [ -s "$work/acknowledged" ] || { echo "round $round: nothing was written: $(tail -1 "$work/said")"; exit 1; }
    sleep "$(awk -v seed="$RANDOM" 'BEGIN { srand(seed); print rand() * 2 }')"
    kill -0 "$writer" 2>/dev/null || { echo "round $round: the writer failed: $(tail -3 "$work/said")"; exit 1; }
    kill -STOP -- "-$writer"
    read -r acknowledged compactions whole < <(grep , "$work/acknowledged" | tail -1) || true
    begun=$((begun + compactions)) completed=$((completed + whole))
    IFS=, read -r -a counts <<<"$acknowledged"
    for kind in "${!written[@]}"; do
        [ "${counts[kind]}" -eq 0 ] || written[kind]=$((written[kind] + 1))
    done
    cp --sparse=always "$work/image" "$work/cut"
    kill -KILL -- "-$writer"
    wait "$writer" 2>/dev/null || true
    writer=
    mount -o loop "$work/cut" "$work/copy"
    [ "$(find "$work/copy/store" -maxdepth 2 -name db | wc -l)" -lt 2 ] || between=$((between + 1))
    if "$crash" verify "$work/copy/store" "$acknowledged" >"$work/said" 2>&1; then
        echo "round $round: $acknowledged acknowledged, all there"
    else
        lost=$((lost + 1))
        echo "round $round: $acknowledged acknowledged, LOST: $(tail -1 "$work/said")"
    fi
    umount "$work/copy"
    rm "$work/cut"
done
echo "$lost of $rounds power cuts lost something;" \
    "compactions: $completed completed, $((begun - completed)) not, $between of them with both data on the disk"
for count in "${written[@]}"; do
    [ "$count" -gt 0 ] || [ "$rounds" -lt 10 ] || { echo "of some kind nothing was ever acknowledged, so nothing is shown of it"; exit 1; }
done
if [ "$rounds" -ge 50 ] && [ "$between" -eq 0 ]; then
    echo "so many cuts must hit a compaction"
    exit 1
fi
[ "$lost" -eq 0 ]
