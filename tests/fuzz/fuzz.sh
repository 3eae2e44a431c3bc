#!/bin/bash
# fuzz.sh SECONDS [TARGET…]: runs the fuzz targets (all, or some) for so long each, two at a time, from
# their corpora, which stay as they are. What is new goes to build/fuzz/found, among it crash-* and the
# like when a property breaks; then the exit status says so.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
built=$(realpath "$here/../../build/fuzz")
seconds=${1:?how many seconds each?}
shift
[ $# -gt 0 ] || { cd "$here/corpus" && set -- *; }

fuzz() {
  local target=$1 found=$built/found/$1
  mkdir -p "$found"
  if ! "$built/tests/fuzz/$target" -max_total_time="$seconds" -use_value_profile=1 -print_final_stats=1 \
    -artifact_prefix="$found/" "$found" "$here/corpus/$target" >"$found.log" 2>&1; then
    tail -n 60 "$found.log"
    echo "$target: failed, see $found.log"
    return 1
  fi
  grep -o 'DONE .*corp' "$found.log" | sed "s/^DONE */$target: /; s/ *corp$//"
  sed -n "s/^stat::number_of_executed_units: */$target: runs: /p" "$found.log"
}
export -f fuzz
export built here seconds

printf '%s\n' "$@" | xargs -P 2 -I TARGET bash -c 'set -eu; fuzz TARGET'
