"""A small disk in memory, which can be full or read-only."""

import pathlib
import subprocess


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f'{" ".join(command)}: {done.stderr.strip()}')


class SmallDisk:
    """Mounted on `folder`, which is made, until close()."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self._filler = self.folder / 'filler'
        _run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'cal-small-disk', str(self.folder))

    def close(self):
        _run('umount', '--lazy', str(self.folder))

    def fill(self):
        """To the last page."""
        with open(self._filler, 'wb', buffering=0) as filler:
            try:
                while filler.write(b'x' * 4096):
                    pass
            except OSError:
                pass  # that it is full is what was wanted

    def free(self):
        self._filler.unlink()

    def make_read_only(self, folder):
        """A folder of the disk. The system refuses to change a disk to which files are open for
        writing, so that a second, read-only view covers the folder."""
        _run('mount', '--bind', str(folder), str(folder))
        _run('mount', '-o', 'remount,bind,ro', str(folder))

    def make_writable(self, folder):
        _run('umount', '--lazy', str(folder))
