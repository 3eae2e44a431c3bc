"""A process that we started, identified by its pid and its start time, so that we never signal another
process that has the same pid later."""

import os
import pathlib
import signal
import subprocess
import time


def start_time_of(pid):
    """The kernel's start time of a running process in ticks since boot; None if there is no such process,
    or only a zombie. A process whose other threads are still ending keeps its sockets open, so it counts
    as running."""
    try:
        stat = pathlib.Path(f'/proc/{pid}/stat').read_text()
        threads = os.listdir(f'/proc/{pid}/task')
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat[stat.rindex(')') + 2:].split()  # the name before it may contain spaces
    has_ended = fields[0] in 'ZX' and len(threads) <= 1
    return None if has_ended else int(fields[19])


class OwnProcess:
    """Starts a program and stops exactly this process, also from a later session: the pid file identifies
    it. A program whose children must receive `signal_all`, too, gets its own session."""

    def __init__(self, pid_file):
        self._pid_file = pathlib.Path(pid_file)
        self._popen = None

    def start(self, command, output, **popen_options):
        """Writes stdout and stderr to the file `output`, which is truncated first."""
        with open(output, 'wb') as log:
            self._popen = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True, **popen_options)
        started = start_time_of(self._popen.pid)
        self._pid_file.write_text(f'{self._popen.pid} {started}\n')

    def pid(self):
        """None if the process does not run."""
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
        """Signals only this process. Does nothing if it does not run."""
        pid = self.pid()
        if pid is not None:
            os.kill(pid, number)

    def stop(self, patience=10.0):
        """Sends SIGTERM, then SIGKILL to the whole session if it does not end within `patience` seconds.
        Returns whether it was running."""
        pid = self.pid()
        if pid is None:
            self._pid_file.unlink(missing_ok=True)
            return False
        os.kill(pid, signal.SIGCONT)  # a stopped process would not handle SIGTERM
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + patience
        while self.running() and time.monotonic() < deadline:
            time.sleep(0.02)
        if self.running():
            self.kill()
        self._pid_file.unlink(missing_ok=True)
        return True

    def kill(self):
        """Sends SIGKILL to the process and its children."""
        pid = self.pid()
        if pid is None:
            return
        os.killpg(pid, signal.SIGKILL)
        while self.running():
            time.sleep(0.02)
