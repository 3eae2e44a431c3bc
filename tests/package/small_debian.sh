#!/bin/bash
# Boots a folder with Debian in it: systemd as process 1 in its own namespaces, but in the network
# namespace of the caller. What the machine shares with it (/sys, /proc/sys) is read-only. Ends with
# systemd.
#
#   small_debian.sh ROOT
set -euo pipefail
root=$1

# A control group, in which systemd makes its own for each service.
groups=$(mktemp -d)
mount -t cgroup2 none "$groups"
ours=$groups/cal-package-$$
mkdir "$ours"
clean_up() {
  find "$ours" -depth -type d -exec rmdir {} \;
  umount "$groups"
  rmdir "$groups"
}
trap clean_up EXIT

# shellcheck disable=SC2016  # expanded by the inner shell
inner='
  set -e
  mount --make-rprivate /
  mount --bind "$0" "$0"
  cd "$0"
  mount -t proc proc proc
  mount --bind proc/sys proc/sys
  mount -o remount,bind,ro proc/sys
  mount -t sysfs -o ro sysfs sys
  mount -t cgroup2 cgroup2 sys/fs/cgroup
  mount -t tmpfs tmpfs run
  mount -t tmpfs -o mode=755 tmpfs dev
  for device in null zero full random urandom tty; do
    touch dev/$device
    mount --bind /dev/$device dev/$device
  done
  mkdir dev/pts
  mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
  ln -s pts/ptmx dev/ptmx
  pivot_root . mnt
  umount -l /mnt
  mount --make-rshared /  # else a credential, which systemd mounts, is not seen by the service
  export container=other
  exec /lib/systemd/systemd --system --unit=multi-user.target --show-status=no'
(
  echo "$BASHPID" >"$ours/cgroup.procs"
  exec unshare --cgroup --mount --pid --fork --kill-child --uts --ipc bash -c "$inner" "$root"
)
