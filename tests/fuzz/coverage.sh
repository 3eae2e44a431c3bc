#!/bin/bash
# coverage.sh [TARGET…]: how many lines of the code under test the corpus of each target runs, as rows of a table:
# of the units that the target includes, and of the folders that these are in. Needs the build fuzz-coverage.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(realpath "$here/../..")
built=$top/build/fuzz-coverage
[ $# -gt 0 ] || { cd "$here/corpus" && set -- *; }
cd "$top"

# lines PROFILE PROGRAM FILE…: "covered of all (per cent)"
lines() {
  local profile=$1 program=$2
  shift 2
  llvm-cov report "$program" -instr-profile="$profile" "$@" |
    awk '$1 == "TOTAL" { printf "%d of %d (%.0f%%)", $8 - $9, $8, 100 * ($8 - $9) / $8 }'
}

# units_of FILE: the sources of the headers that it includes, STEM.cpp or several STEM_*.cpp; agent/base is not
# what is tested.
units_of() {
  local stem
  while read -r stem; do
    if [ -e "$stem.cpp" ]; then echo "$stem.cpp"; else ls "$stem"_*.cpp; fi
  done < <(sed -nE 's/^#include "((agent|probes)\/.*)\.h"/\1/p' "$1" | grep -v '^agent/base/')
}

# shellcheck disable=SC2016  # these are Markdown's
in_backticks() { printf '`%s` ' "$@" | sed 's, $,,'; }

echo '| target | units | their lines | folders | their lines |'
echo '|---|---|---|---|---|'
for target; do
  program=$built/tests/fuzz/${target}_replay
  LLVM_PROFILE_FILE=$built/$target.raw "$program" "$here/corpus/$target" >/dev/null 2>&1
  llvm-profdata merge -o "$built/$target.profile" "$built/$target.raw"
  units=$(units_of "$here/$target.cpp")
  folders=$(xargs -n 1 dirname <<<"$units" | sort -u)
  # shellcheck disable=SC2046,SC2086  # lists of paths without spaces
  echo "| \`$target\` | $(in_backticks ${units//.cpp/}) |" \
    "$(lines "$built/$target.profile" "$program" $(realpath $units)) |" \
    "$(in_backticks $folders) |" \
    "$(lines "$built/$target.profile" "$program" $(realpath $folders)) |"
done
