"""A cgroup that limits the memory of the processes in it, as systemd does for MemoryMax=, and counts what they
take. Needs root, and a controller for memory that is not delegated to somebody else."""

import os
import pathlib
import re

_V2 = pathlib.Path('/sys/fs/cgroup')
_V1 = _V2 / 'memory'


class Unavailable(Exception):
    pass


class MemoryCgroup:
    def __init__(self, name, limit):
        """`limit` is in bytes. Raises Unavailable."""
        controllers = _V2 / 'cgroup.controllers'
        self._is_v2 = controllers.exists() and 'memory' in controllers.read_text().split()
        self._folder = (_V2 if self._is_v2 else _V1) / f'{name}-{os.getpid()}'
        try:
            if self._is_v2:
                (_V2 / 'cgroup.subtree_control').write_text('+memory')
            self._folder.mkdir()
            self._write('memory.max' if self._is_v2 else 'memory.limit_in_bytes', limit)
        except OSError as error:
            raise Unavailable(f'no memory cgroup can be made: {error}') from error

    @property
    def processes(self):
        """A process that writes its ID to this file is in the group, and so are its children."""
        return self._folder / 'cgroup.procs'

    def highest(self):
        """Bytes."""
        return int(self._read('memory.peak' if self._is_v2 else 'memory.max_usage_in_bytes'))

    def killed(self):
        """How many processes the kernel ended since there was no memory."""
        events = self._read('memory.events' if self._is_v2 else 'memory.oom_control')
        return int(re.search(r'^oom_kill (\d+)$', events, re.MULTILINE)[1])

    def remove(self):
        """After its processes have ended."""
        self._folder.rmdir()

    def _write(self, name, value):
        (self._folder / name).write_text(str(value))

    def _read(self, name):
        return (self._folder / name).read_text()
