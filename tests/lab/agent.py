"""The program under test: its configuration, a `check`, and a running agent that is queried by HTTP."""

import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from . import names
from .exposition import Exposition

MEMBERSHIP = 'administrators_membership'


def binary():
    path = os.environ.get('CAL_EXPORTER')
    if not path:
        raise RuntimeError('CAL_EXPORTER must name the cal_exporter program to test')
    return path


def is_sanitized():
    """Whether the program is built with a sanitizer, which has a different allocator."""
    code = pathlib.Path(binary()).read_bytes()
    return b'__asan_init' in code or b'__tsan_init' in code


def configuration(dc, accounts=('EBS\\licadmin',), probe=None, kind=MEMBERSHIP, **directory):
    """One network with one probe of that kind, as text (JSON is YAML). `directory` and `probe`
    replace keys of the defaults; a value of None removes the key."""
    reached = {
        'uri': [f'ldaps://{names.full_name(names.HOST)}'],
        'ca_file': str(dc.ca_file),
        'bind': {'method': 'simple', 'user': f'{names.MONITOR}@{names.DNS_DOMAIN}',
                 'password_file': str(dc.password_file_of(names.MONITOR))},
        **directory}
    options = {'interval': '60s', 'timeout': '20s', **(probe or {})}
    if kind == MEMBERSHIP:
        options.setdefault('accounts', list(accounts))
    return json.dumps({'networks': [{
        'name': 'ebs',
        'directory': {key: value for key, value in reached.items() if value is not None},
        'probes': {kind: options}}]}, ensure_ascii=False)


class Checked:
    """What `cal_exporter check` found for the one probe."""

    def __init__(self, exit_code, probe):
        self.exit_code = exit_code
        self.verdict = probe['verdict']
        self.reason = probe['reason']
        self.severity = probe['severity']
        self.summary = probe['summary']
        self.evidence = '\n'.join(f'{row["item"]}: {row["text"]}' for row in probe['evidence'])
        self.seconds = probe['duration_seconds']

    def __str__(self):
        return f'{self.verdict} {self.reason}: {self.summary}\n{self.evidence}'


def check(config_file, environment=None):
    done = subprocess.run([binary(), 'check', '--config.file', str(config_file),
                           '--format', 'json'], capture_output=True, text=True, timeout=120,
                          env={**os.environ, **(environment or {})})
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        raise AssertionError(f'check exits {done.returncode} without JSON on stdout:\n'
                             f'{done.stdout}\n{done.stderr}') from None
    return Checked(done.returncode, report['networks'][0]['probes'][0])


class Agent:
    """`serve` on a free port, from construction until stop(). `context` is the client's SSL context if the
    agent serves TLS."""

    def __init__(self, config_file, log_file, environment=None, kind=MEMBERSHIP, arguments=(),
                 context=None, lifecycle=True):
        self.kind = kind
        self.context = context
        self._log_file = pathlib.Path(log_file)
        with open(log_file, 'wb') as log:
            self._process = subprocess.Popen(
                [binary(), 'serve', '--config.file', str(config_file),
                 '--web.listen-address', '127.0.0.1:0',
                 *(['--web.enable-lifecycle'] if lifecycle else []), *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})})
        wait_until('the agent listens', self._listening)
        self.url = re.search(r'msg="?listening"? .*?address="?(https?://[^\s"]+)', self.log())[1]

    @property
    def pid(self):
        return self._process.pid

    def _listening(self):
        if self._process.poll() is not None:
            raise AssertionError(f'the agent ended with {self._process.returncode}:\n{self.log()}')
        return 'listening' in self.log() and self.log().endswith('\n')

    def log(self):
        return self._log_file.read_text(errors='replace')

    def get(self, path, patience=30, headers=()):
        """Status and text, also for an error page."""
        request = urllib.request.Request(self.url + path, headers=dict(headers))
        try:
            with urllib.request.urlopen(request, timeout=patience, context=self.context) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def page(self):
        return self.get('/metrics')[1]

    def metrics(self):
        return Exposition(self.page())

    def verdict(self):
        return self.metrics().verdict(self.kind)

    def wait_for(self, verdict, *reasons, patience=90):
        """Waits until the probe has the verdict with one of the reasons. Returns that page."""
        def found():
            metrics = self.metrics()
            seen = metrics.verdict(self.kind)
            return metrics if seen[0] == verdict and seen[1] in reasons else None
        return wait_until(f'{verdict} with {" or ".join(reasons)}', found, patience,
                          lambda: f'it says {self.verdict()}; log:\n{self.log()[-3000:]}')

    def send(self, signal):
        self._process.send_signal(signal)

    def stop(self, patience=60):
        """Sends SIGTERM and returns the exit code. If it is not 0, prints the log, which may be a sanitizer's."""
        self._process.terminate()
        try:
            code = self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f'the agent does not end on SIGTERM within {patience} s:\n'
                                 f'{self.log()[-3000:]}') from None
        if code != 0:
            print(self.log()[-10000:], file=sys.stderr)
        return code


class Scraper:
    """Scrapes /metrics continuously, as Prometheus does but more often: `with Scraper(agent) as scraper:`,
    then `scraper.scrapes` and `scraper.failures`. `look` is called with each page and raises a
    ValueError if the page is wrong."""

    _PAUSE = 0.05
    _PATIENCE = 10  # Prometheus' own default

    def __init__(self, agent, look=lambda metrics: None):
        self._agent = agent
        self._look = look
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._scrape)
        self.scrapes = 0
        self.failures = []

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _scrape(self):
        while not self._stop.wait(self._PAUSE):
            self.scrapes += 1
            try:
                status, page = self._agent.get('/metrics', self._PATIENCE)
                if status != 200:
                    self.failures.append(f'status {status}')
                    continue
                metrics = Exposition(page)
                metrics.verdict(self._agent.kind)
                self._look(metrics)
            except (OSError, ValueError) as error:
                self.failures.append(repr(error))


def wait_until(what, condition, patience=60, explain=lambda: ''):
    """Returns the first true result of `condition`; fails after `patience` seconds."""
    deadline = time.monotonic() + patience
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f'not within {patience} s: {what}. {explain()}')
        time.sleep(0.05)
