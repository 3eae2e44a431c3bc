"""Holds one thread of a process, as if it hung, while the others run on.

    python3 hold.py THREAD-ID      says `held`, and lets go when it is killed"""

import ctypes
import os
import pathlib
import subprocess
import sys

_SEIZE, _INTERRUPT = 0x4206, 0x4207
_WALL = 0x40000000  # a thread is no child; wait for it all the same


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
    os.waitpid(thread, _WALL)  # its end, which whoever holds it has to take note of


if __name__ == '__main__':
    main(int(sys.argv[1]))
