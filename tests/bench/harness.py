"""Shared by all benchmarks: programs that serve /metrics, their memory and CPU time, and the table of
targets. A missed target is not a failure."""

import contextlib
import http.client
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time

MB = 1e6
UNIT = pathlib.Path(__file__).parents[2] / "config/debian/cal_exporter.service"
GZIP = {"Accept-Encoding": "gzip"}


class DidNotRun(Exception):
    pass


class Server:
    """A program that serves /metrics on a port of 127.0.0.1, optionally with TLS."""

    def __init__(self, stack, name, command_for_port, tls=False):
        self.name = name
        self.tls = tls
        self.port = free_port()
        self.started = time.monotonic()
        self.process, self.log = start(stack, name, command_for_port(self.port))
        wait_until(self.serves, 60, f"{name}: does not serve /metrics")

    def serves(self):
        if self.process.poll() is not None:
            self.log.seek(0)
            raise DidNotRun(f"{self.name}: ended: {self.log.read().strip()}")
        with contextlib.suppress(OSError):
            return self.get("/metrics", GZIP)[0] == 200
        return False

    def connection(self):
        if self.tls:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20,
                                               context=ssl._create_unverified_context())
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def get(self, path, headers=None):
        with contextlib.closing(self.connection()) as connection:
            return ask(connection, path, headers)

    def wait_until_ready(self, seconds):
        """Waits until every probe has run once; returns the seconds since the start."""
        wait_until(lambda: self.get("/-/ready")[0] == 200, seconds, f"{self.name}: not ready")
        return time.monotonic() - self.started

    def memory(self):
        """Private dirty and resident memory in bytes."""
        return (self._kilobytes("smaps_rollup", "Private_Dirty") * 1024,
                self._kilobytes("smaps_rollup", "Rss") * 1024)

    def most_resident(self):
        """The maximum resident memory in bytes."""
        return self._kilobytes("status", "VmHWM") * 1024

    def cpu_seconds(self):
        """User and system time of the whole process, including ended threads."""
        stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def _kilobytes(self, file, key):
        text = pathlib.Path(f"/proc/{self.process.pid}/{file}").read_text()
        return int(re.search(rf"^{key}: +(\d+) kB", text.replace("\t", " "), re.MULTILINE)[1])


def start(stack, name, command):
    """Starts a program that writes to a log; it ends with the stack."""
    command = [str(word) for word in command]
    if not shutil.which(command[0]):
        raise DidNotRun(f"{name}: no program {command[0]}")
    log = stack.enter_context(tempfile.TemporaryFile("w+"))
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               stderr=log)

    def end():
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()

    stack.callback(end)
    return process, log


def exporter(stack, name, options, config, folder, *arguments, binary=None, **form):
    """cal_exporter, or another version of it, with its state in `folder` and the environment of its unit."""
    environment = re.findall(r"^Environment=(.*)$", UNIT.read_text(), re.MULTILINE)
    return Server(stack, name, lambda port: [
        "env", *environment, binary or options.binary, "serve", f"--config.file={config}",
        f"--state.dir={folder / name.replace(' ', '-')}",
        f"--web.listen-address=127.0.0.1:{port}", *arguments], **form)


def ask(connection, path, headers=None):
    """Status and body, over a connection that stays open."""
    connection.request("GET", path, headers=headers or {})
    reply = connection.getresponse()
    return reply.status, reply.read()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds, seconds, complaint):
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise DidNotRun(complaint)
        time.sleep(0.1)


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise DidNotRun(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout


class Table:
    """One line per target. `value` is a ratio, or the measured figure as a fraction of the target."""

    def __init__(self):
        print(f"{'ratio':>7}  {'target':<8} {'':<7} what")

    @staticmethod
    def line(what, value, sign, target, measured):
        holds = value >= target if sign == ">=" else value <= target
        print(f"{value:7.2f}  {sign} {target:<5.2f} {'holds' if holds else 'MISSES':<7} "
              f"{what}: {measured}", flush=True)

    def most(self, what, value, limit, unit):
        """A figure that must not exceed `limit`."""
        self.line(f"{what}, at most {limit:g} {unit}", value / limit, "<=", 1.0,
                  f"{value:.1f} {unit}")
