"""A small Debian of this machine's release, with systemd as its process 1, to install packages in.

    python3 -m package.small_debian FOLDER PACKAGE.deb

creates it in FOLDER and downloads the dependencies of the package, which needs a network. The tests, which
have none, run it as SmallDebian."""

import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import tempfile

from lab.agent import wait_until

_SUITE = platform.freedesktop_os_release()['VERSION_CODENAME']  # a package is for one release
_BOOT = pathlib.Path(__file__).with_name('small_debian.sh')
_APT = ('apt-get', '-q', '-y', '--no-install-recommends')


def prepare(folder, package):
    folder = pathlib.Path(folder)
    whole = folder / 'var/tmp/whole'
    if not whole.exists():
        shutil.rmtree(folder, ignore_errors=True)
        _run('debootstrap', '--variant=minbase', '--include=systemd,dbus', _SUITE, str(folder))
        whole.touch()
    shutil.copy(package, folder / 'var/tmp')
    _run('chroot', str(folder), *_APT, 'update')
    _run('chroot', str(folder), *_APT, '--download-only', 'install',
         f'/var/tmp/{pathlib.Path(package).name}')


def _run(*command):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


class SmallDebian:
    """Runs from construction until close(), which discards all changes in it."""

    def __init__(self, folder):
        self._layers = pathlib.Path(tempfile.mkdtemp(prefix='cal-debian-'))
        _run('mount', '-t', 'tmpfs', 'none', str(self._layers))
        for name in ('upper', 'work', 'root'):
            (self._layers / name).mkdir()
        self.root = self._layers / 'root'
        _run('mount', '-t', 'overlay', 'none', '-o',
             f'lowerdir={folder},upperdir={self._layers}/upper,workdir={self._layers}/work',
             str(self.root))
        for name in ('hosts', 'resolv.conf'):  # of the test's network
            self.write(f'/etc/{name}', pathlib.Path('/etc', name).read_bytes())
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen([_BOOT, str(self.root)], stdin=subprocess.DEVNULL,
                                         stdout=self._log, stderr=self._log)
        try:
            wait_until('systemd has started', self._started, explain=self._said)
        except AssertionError:
            self.close()
            raise

    def _started(self):
        if self._process.poll() is not None:
            raise AssertionError(f'systemd ended:\n{self._said()}')
        state = self.run('systemctl', 'is-system-running', check=False).stdout.strip()
        return state in ('running', 'degraded')

    def _said(self):
        self._log.seek(0)
        return self._log.read().decode(errors='replace')[-3000:]

    def _first_process(self):
        """The pid of systemd outside: the child of unshare, which is the child of the script. Empty while
        it does not exist."""
        process = self._process.pid
        for _ in range(2):
            children = pathlib.Path(f'/proc/{process}/task/{process}/children').read_text().split()
            if not children:
                return ''
            process = children[0]
        return process

    def run(self, *command, check=True, **options):
        """Runs a command inside; fails with its output unless it exits with 0."""
        first = self._first_process()
        if not first:
            return subprocess.CompletedProcess(command, 1, '', 'there is no systemd yet')
        done = subprocess.run(
            ['nsenter', '--target', first, '--mount', '--pid', '--uts', '--ipc', '--cgroup',
             '--root', '--wdns=/', 'env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
             'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C.UTF-8', *command],
            capture_output=True, text=True, timeout=300, **options)
        if check and done.returncode != 0:
            raise AssertionError(f'{" ".join(command)} exits {done.returncode}:\n'
                                 f'{done.stdout}{done.stderr}')
        return done

    def apt(self, *arguments):
        """Runs apt without a network: the packages were downloaded before."""
        return self.run(*_APT, *arguments)

    def write(self, path, text):
        """Writes text or bytes to a file inside."""
        file = self.root / path.lstrip('/')
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def unit(self, name, property_):
        return self.run('systemctl', 'show', '--value', '--property', property_, name).stdout.strip()

    def journal(self, unit):
        return self.run('journalctl', '--no-pager', '--output=cat', '--unit', unit).stdout

    def close(self):
        first = self._first_process() if self._process.poll() is None else ''
        if first:
            os.kill(int(first), signal.SIGKILL)  # and with it all that runs inside
        self._process.wait(60)
        self._log.close()
        _run('umount', '-l', str(self.root))
        _run('umount', '-l', str(self._layers))
        self._layers.rmdir()


if __name__ == '__main__':
    prepare(*map(os.path.abspath, sys.argv[1:]))
