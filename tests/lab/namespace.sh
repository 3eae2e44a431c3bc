#!/bin/bash
# Runs a command in a network of its own, as root: only loopback exists there, so that no packet
# can leave, no port can clash with another lab, and a hosts file of its own knows the domain
# controllers. The system's name server does not answer there, so that a name that is not in the
# hosts file resolves only for a program that asks another name server. Whatever the command
# started dies with it.
#
#   namespace.sh COMMAND [ARGUMENT…]        exits as COMMAND does; 99 when it cannot be set up
set -euo pipefail

if [ $# -eq 0 ]; then
  echo "usage: namespace.sh COMMAND [ARGUMENT…]" >&2
  exit 99
fi
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "namespace.sh: needs root or sudo" >&2; exit 99; }
  exec sudo -n "$0" "$@"
fi

files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
cat >"$files/hosts" <<'HOSTS'
127.0.0.1   localhost
127.0.0.10  dc1.ebs.example.com dc1
127.0.0.11  dc2.ebs.example.com dc2
127.0.0.12  wrong.example.org
HOSTS
echo 'nameserver 127.0.0.1' >"$files/resolv.conf"
mkdir "$files/state"

# The trailing `exit` keeps this shell alive as the namespace's first process: it reaps the
# orphans, which the command would not.
# shellcheck disable=SC2016  # expanded by the inner shell
inner='
  ip link set lo up || exit 99
  mount --bind "$0/hosts" /etc/hosts || exit 99
  mount --bind "$0/resolv.conf" /etc/resolv.conf || exit 99
  if [ -d /var/lib/cal_exporter ]; then  # of an agent that is installed here: not for tests
    mount --bind "$0/state" /var/lib/cal_exporter || exit 99
  fi
  hostname dc1 || exit 99
  "$@"
  exit $?'
unshare --net --mount --uts --pid --fork --kill-child --mount-proc \
  bash -c "$inner" "$files" "$@"
