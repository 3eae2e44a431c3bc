#!/bin/bash
# Runs a command in its own network namespace, as root. Only loopback exists there, so that no packet
# can leave and no port can clash with another lab. Its hosts file lists the domain controllers. The
# system's name server does not answer there, so a name that is not in the hosts file resolves only
# for a program that asks another name server. All processes that the command started end with it.
#
#   namespace.sh COMMAND [ARGUMENT…]        exits like COMMAND; 99 if the namespace cannot be set up
set -euo pipefail

cannot() {
  echo "namespace.sh: $*" >&2
  exit 99
}

[ $# -gt 0 ] || cannot 'usage: namespace.sh COMMAND [ARGUMENT…]'
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || cannot 'making a network needs root, and there is no sudo'
  sudo -n true 2>/dev/null ||
    cannot 'making a network needs root, and sudo asks for a password: run sudo -v first'
  exec sudo -n "$0" "$@"
fi

spaces=(--net --mount --uts --pid --fork --kill-child)
refusal=$(unshare --propagation unchanged "${spaces[@]}" true 2>&1) ||
  cannot "this system does not permit the command its own network (${refusal#unshare: });" \
    'in a container: start it with --privileged, or leave these tests out'

files=$(mktemp -d)
root=/
clean_up() {
  [ "$root" = / ] || umount --recursive "$root" || exit 99  # else rm would empty the system
  rm -rf "$files"
}
trap clean_up EXIT
cat >"$files/hosts" <<'HOSTS'
127.0.0.1   localhost
127.0.0.10  dc1.ebs.example.com dc1
127.0.0.11  dc2.ebs.example.com dc2
127.0.0.12  wrong.example.org
HOSTS
echo 'nameserver 127.0.0.1' >"$files/resolv.conf"
mkdir "$files/state"

# Mounts made inside must not be visible outside. unshare ensures that if / is a mount point, which it
# is not in a plain chroot: there it is bound to a folder first.
if ! findmnt --mountpoint / >/dev/null; then
  mkdir "$files/root"
  mount --rbind / "$files/root"
  root=$files/root
  mount --make-rprivate "$root"
fi

# The trailing `exit` keeps this shell alive as the namespace's first process, which reaps orphans;
# the command would not.
# shellcheck disable=SC2016  # expanded by the inner shell
inner='
  cd "$1" && shift || exit 99
  ip link set lo up || exit 99
  mount --bind "$0/hosts" /etc/hosts || exit 99
  mount --bind "$0/resolv.conf" /etc/resolv.conf || exit 99
  if [ -d /var/lib/cal_exporter ]; then  # hides the state of an agent that is installed on this machine
    mount --bind "$0/state" /var/lib/cal_exporter || exit 99
  fi
  hostname dc1 || exit 99
  "$@"
  exit $?'
chroot "$root" unshare "${spaces[@]}" --mount-proc bash -c "$inner" "$files" "$PWD" "$@"
