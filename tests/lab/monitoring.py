"""Debian's Prometheus and Alertmanager on loopback addresses, from start() until stop(): for the lab that
`./run up` starts, and for the tests."""

import json
import pathlib
import time
import urllib.error
import urllib.parse
import urllib.request

from .processes import OwnProcess

PROMETHEUS_ADDRESS = '127.0.0.1:9090'
ALERTMANAGER_ADDRESS = '127.0.0.1:9093'


class _Server:
    """A program with a web interface. Its data, log and pid file are in `folder`, so that a later session
    can find and stop it. It listens on `address`, which people open in a browser."""

    answers_within = 30  # seconds

    def __init__(self, folder, name, address):
        self.folder = pathlib.Path(folder)
        self.url = f'http://{address}'
        self.address = address
        self._name = name
        self._log_file = self.folder / f'{name}.log'
        self._process = OwnProcess(self.folder / f'{name}.pid')

    def start(self, configuration, *arguments, patience=60.0, **popen_options):
        """Returns when the program is ready. `configuration` is a file, or its text; then paths in it are
        relative to `folder`."""
        if not isinstance(configuration, pathlib.Path):
            file = self.folder / f'{self._name}.yml'
            file.write_text(configuration)
            configuration = file
        self._process.start([*self._command(configuration), *arguments], self._log_file,
                            **popen_options)
        deadline = time.monotonic() + patience
        while not self._ready():
            if not self.running() or time.monotonic() > deadline:
                raise RuntimeError(f'{self._name} is not ready on {self.url}; it said:\n'
                                   f'{self.log()[-3000:]}')
            time.sleep(0.05)

    def running(self):
        return self._process.running()

    def pid(self):
        return self._process.pid()

    def stop(self):
        """Returns whether it ran."""
        return self._process.stop()

    def log(self):
        return self._log_file.read_text(errors='replace')

    def get(self, path):
        """The JSON at a path. An error page is an AssertionError with its text, which explains why
        Prometheus rejects a query."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=self.answers_within) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f'{self.url}{path}: {error.read().decode()}') from None

    def _ready(self):
        try:
            with urllib.request.urlopen(f'{self.url}/-/ready', timeout=5):
                return True
        except OSError:
            return False


class Prometheus(_Server):
    def __init__(self, folder, address=PROMETHEUS_ADDRESS):
        super().__init__(folder, 'prometheus', address)

    def _command(self, configuration):
        return ['prometheus', f'--config.file={configuration}',
                f'--storage.tsdb.path={self.folder / "tsdb"}',
                f'--web.listen-address={self.address}', f'--web.external-url={self.url}']

    def query(self, expression, at=None):
        """The samples of an instant query, now or at a Unix time: a list of {'metric': labels,
        'value': [time, text]}."""
        times = {} if at is None else {'time': at}
        return self._ask('query', query=expression, **times)['result']

    def query_range(self, expression, start, end, step):
        """The series of a range query: a list of {'metric': labels, 'values': [[time, text], …]}."""
        return self._ask('query_range', query=expression, start=start, end=end,
                         step=step)['result']

    def label_values(self, label, selector, start, end):
        """The values that a label of the selected series has."""
        return self._ask(f'label/{label}/values', start=start, end=end, **{'match[]': selector})

    def value(self, expression):
        """The number that a query returns, or None if it returns no sample."""
        samples = self.query(expression)
        if len(samples) > 1:
            raise ValueError(f'{len(samples)} samples of {expression}')
        return float(samples[0]['value'][1]) if samples else None

    def target(self, job):
        """The only target of a job after its first scrape; None before."""
        for target in self._ask('targets')['activeTargets']:
            if target['labels']['job'] == job and target['health'] != 'unknown':
                return target
        return None

    def alerts(self):
        """Pending and firing alerts: a list of {'labels', 'annotations', 'state', …}."""
        return self._ask('alerts')['alerts']

    def _ask(self, what, **parameters):
        return self.get(f'/api/v1/{what}?{urllib.parse.urlencode(parameters)}')['data']


class Alertmanager(_Server):
    def __init__(self, folder, address=ALERTMANAGER_ADDRESS):
        super().__init__(folder, 'alertmanager', address)

    def _command(self, configuration):
        # Without clustering, whose port would be open to the whole network.
        return ['prometheus-alertmanager', f'--config.file={configuration}',
                f'--storage.path={self.folder / "alertmanager"}', '--cluster.listen-address=',
                f'--web.listen-address={self.address}', f'--web.external-url={self.url}']

    def alerts(self):
        return self.get('/api/v2/alerts')
