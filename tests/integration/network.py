"""A second network namespace, joined by one link to the one in which the tests run. Sockets that a thread opens
while it is inside stay there."""

import contextlib
import ctypes
import os
import socket
import subprocess
import unittest

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f'{" ".join(command)}: {done.stderr.strip()}')


def family_of(address):
    """For a socket. Skips the test for an IPv6 address where the kernel has no IPv6."""
    if ':' not in address:
        return socket.AF_INET
    try:
        socket.socket(socket.AF_INET6).close()
    except OSError:
        raise unittest.SkipTest('this machine has no IPv6') from None
    return socket.AF_INET6


def _this_network():
    return os.open('/proc/thread-self/ns/net', os.O_RDONLY)


class Network:
    """The namespace and its links exist until close()."""

    def __init__(self):
        before = _this_network()
        try:
            _checked(_libc.unshare(_CLONE_NEWNET))
            self._inside = _this_network()
        finally:
            _checked(_libc.setns(before, _CLONE_NEWNET))
            os.close(before)
        self.run('ip', 'link', 'set', 'lo', 'up')

    def close(self):
        os.close(self._inside)

    @contextlib.contextmanager
    def entered(self):
        """The calling thread, and the programs that it starts, are inside until the end of the block."""
        before = _this_network()
        _checked(_libc.setns(self._inside, _CLONE_NEWNET))
        try:
            yield
        finally:
            _checked(_libc.setns(before, _CLONE_NEWNET))
            os.close(before)

    def run(self, *command):
        with self.entered():
            run(*command)

    def listen(self, address, port):
        with self.entered():
            return socket.create_server((address, port), family=family_of(address), backlog=64)

    def listen_udp(self, address, port):
        with self.entered():
            opened = socket.socket(family_of(address), socket.SOCK_DGRAM)
            opened.bind((address, port))
            return opened

    def connect(self, address, port):
        with self.entered():
            return socket.create_connection((address, port), timeout=10)
