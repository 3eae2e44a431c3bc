"""A process of ours, known by its pid and its start time, so that a pid used again by someone
else's process is never signalled."""

import os
import pathlib
import signal
import subprocess
import time


def start_time_of(pid):
    """The kernel's start time of a running process in ticks since boot; None when there is none,
    or only a zombie. One whose other threads still end holds its sockets open, so it runs."""
    try:
        stat = pathlib.Path(f'/proc/{pid}/stat').read_text()
        threads = os.listdir(f'/proc/{pid}/task')
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat[stat.rindex(')') + 2:].split()  # the name before it may hold spaces
    has_ended = fields[0] in 'ZX' and len(threads) <= 1
    return None if has_ended else int(fields[19])


class OwnProcess:
    """Starts one program and stops exactly that one, also from a later session: the pid file
    remembers who it was. A program that must see `signal_all` reach its children gets a session
    of its own."""

    def __init__(self, pid_file):
        self._pid_file = pathlib.Path(pid_file)
        self._popen = None

    def start(self, command, output, **popen_options):
        """`output` is the file that gets stdout and stderr, from its beginning."""
        with open(output, 'wb') as log:
            self._popen = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True, **popen_options)
        started = start_time_of(self._popen.pid)
        self._pid_file.write_text(f'{self._popen.pid} {started}\n')

    def pid(self):
        """None when it does not run."""
        if self._popen is not None:
            self._popen.poll()  # reaps it
        try:
            pid, started = self._pid_file.read_text().split()
        except FileNotFoundError:
            return None
        now = start_time_of(int(pid))
        return int(pid) if now is not None and str(now) == started else None

    def running(self):
        return self.pid() is not None

    def signal(self, number):
        """To the process alone. Nothing happens when it does not run."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, number)

    def stop(self, patience=10.0):
        """SIGTERM, and SIGKILL for the whole session when it does not end within `patience`
        seconds. Returns whether it ran."""
        pid = self.pid()
        if pid is None:
            self._pid_file.unlink(missing_ok=True)
            return False
        os.kill(pid, signal.SIGCONT)  # a stopped process would sleep through the SIGTERM
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + patience
        while self.running() and time.monotonic() < deadline:
            time.sleep(0.02)
        if self.running():
            self.kill()
        self._pid_file.unlink(missing_ok=True)
        return True

    def kill(self):
        """SIGKILL for the process and what it started."""
        pid = self.pid()
        if pid is None:
            return
        os.killpg(pid, signal.SIGKILL)
        while self.running():
            time.sleep(0.02)
