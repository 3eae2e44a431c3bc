#!/bin/bash
# fuzz.sh SECONDS [TARGET…]: runs all or the given fuzz targets for this time each, two at a time, from
# their corpora, which are not changed. New inputs are written to build/fuzz/found, including crash-* and
# the like if a property is violated; then the exit status is not 0.
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
