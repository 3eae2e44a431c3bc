"""A small disk in memory, which can be full or read-only."""

import pathlib
import subprocess


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f'{" ".join(command)}: {done.stderr.strip()}')


class SmallDisk:
    """Creates `folder` and is mounted on it until close()."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self._filler = self.folder / 'filler'
        _run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'cal-small-disk', str(self.folder))

    def close(self):
        _run('umount', '--lazy', str(self.folder))

    def fill(self):
        """Fills the disk to the last page."""
        with open(self._filler, 'wb', buffering=0) as filler:
            try:
                while filler.write(b'x' * 4096):
                    pass
            except OSError:
                pass  # the disk is full, as intended

    def free(self):
        self._filler.unlink()

    def make_read_only(self, folder):
        """Makes a folder of the disk read-only. The system does not remount a disk while files are open
        for writing, so a second, read-only mount covers the folder."""
        _run('mount', '--bind', str(folder), str(folder))
        _run('mount', '-o', 'remount,bind,ro', str(folder))

    def make_writable(self, folder):
        _run('umount', '--lazy', str(folder))
