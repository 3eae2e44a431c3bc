"""Stops one thread of a process, as if it hung, while the others continue.

    python3 hold.py THREAD-ID      prints `held`, and lets the thread continue when killed"""

import ctypes
import os
import pathlib
import subprocess
import sys

_SEIZE, _INTERRUPT = 0x4206, 0x4207
_WALL = 0x40000000  # wait for a thread that is not a child, too


def thread_of(process, name):
    for task in pathlib.Path(f'/proc/{process}/task').iterdir():
        if (task / 'comm').read_text().strip() == name:
            return task.name
    raise AssertionError(f'process {process} has no thread {name}')


class Held:
    """with Held(process, 'publisher'): …"""

    def __init__(self, process, thread):
        self._command = [sys.executable, __file__, thread_of(process, thread)]

    def __enter__(self):
        self._holder = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        if self._holder.stdout.readline() != 'held\n':
            raise AssertionError('the thread cannot be held')
        return self

    def __exit__(self, *_):
        self._holder.kill()
        self._holder.communicate()


def main(thread):
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    for request in (_SEIZE, _INTERRUPT):
        if ptrace(request, thread, None, None) != 0:
            sys.exit(os.strerror(ctypes.get_errno()))
    os.waitpid(thread, _WALL)
    print('held', flush=True)
    os.waitpid(thread, _WALL)  # its tracer has to wait for its end


if __name__ == '__main__':
    main(int(sys.argv[1]))
