#!/bin/bash
# Another release of Debian in a folder, to run the project's tests in.
#
#   other_debian.sh make SUITE FOLDER                makes it by debootstrap, unless it is there
#   other_debian.sh run FOLDER SOURCES COMMAND…      runs a command there, in SOURCES
#
# It sees the sources of this machine and its network, but has its own build folder, so that what is
# installed and built there stays for the next time. Whatever the command started dies with it.
set -euo pipefail

make() {
  local suite=$1 folder=$2
  [ ! -e "$folder/made" ] || return 0
  rm -rf --one-file-system "$folder"
  mkdir -p "$folder/build"
  debootstrap --variant=minbase --include=ca-certificates "$suite" "$folder/root"
  mkdir "$folder/root/src"
  touch "$folder/made"
}

run() {
  local folder=$1 sources=$2
  shift 2
  cp --dereference /etc/resolv.conf /etc/hosts "$folder/root/etc"
  # Authorities that were added to this machine, for example that of a company's proxy.
  if [ -d /usr/local/share/ca-certificates ]; then
    cp --recursive --dereference /usr/local/share/ca-certificates "$folder/root/usr/local/share"
    chroot "$folder/root" update-ca-certificates >/dev/null
  fi
  # shellcheck disable=SC2016  # expanded by the inner shell
  local inner='
    folder=$1 sources=$2
    shift 2
    mount --make-rprivate /
    mount --bind "$folder/root" "$folder/root"
    cd "$folder/root"
    mount -t proc proc proc
    mount --rbind /sys sys
    mount --rbind /dev dev
    mount -t tmpfs tmpfs run
    mount --bind "$sources" src
    mount --bind "$folder/build" src/build
    pivot_root . mnt
    umount -l /mnt
    cd /src
    exec env -i HOME=/root LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"'
  unshare --mount --pid --fork --kill-child bash -euc "$inner" - "$folder" "$sources" "$@"
}

"$@"
