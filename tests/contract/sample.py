"""What an agent needs to show its whole contract without a directory: a configuration whose probes produce
samples, evidence, implications and state, and the files that they read."""

import contextlib
import datetime
import json
import pathlib
import socket
import tempfile

from lab.event_lines import CAL_PROVIDER, RDS_PROVIDER, event_line

_KEY = 'BBBBB-CCCCC-DDDDD-FFFFF-GGGGG'
# Event ID, provider, record ID, data. One record ID is skipped, so that the state has a gap.
EVENTS = [
    (4, CAL_PROVIDER, 41, []),
    (5, CAL_PROVIDER, 42, ['0xcfff1208', 'The pack is installed already.']),
    (12, CAL_PROVIDER, 44, []),
    (11, CAL_PROVIDER, 45, ['alice', 'Standard', 'User', '0x80070005']),
    (76, RDS_PROVIDER, 7, []),
    (4105, RDS_PROVIDER, 8, ['alice', 'EBS', '0x80070005']),
    (999, CAL_PROVIDER, 46, []),
]


def event_lines():
    """Lines of events that are some hours old, which is within any window for failures."""
    start = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=3)
    return ''.join(
        event_line(event_id, record_id, start + datetime.timedelta(minutes=10 * number), data,
                   computer='srv1.ebs.example.com', provider=provider)
        for number, (event_id, provider, record_id, data) in enumerate(EVENTS))


def inventory(assigned):
    return json.dumps([{'edition': 'Standard', 'kind': 'Per User', 'installed': 5,
                        'assigned_users': assigned, 'assigned_devices': 0}])


class Sample:
    """The folder with the files; `configuration` is the file to start the agent with."""

    def __init__(self, folder, silent_port):
        self.folder = pathlib.Path(folder)
        self.silent_port = silent_port
        self._write('events.jsonl', event_lines() + 'not an event\n')
        self._write('inventory.json', inventory(assigned=7))
        self._write('history.csv', f'product_key,installed_at\n{_KEY},2026-01-01T08:00:00Z\n')
        self._write('cal_exporter.yml', json.dumps({
            'defaults': {'interval': '1s', 'timeout': '1s'},
            'networks': [{'name': 'ebs', 'probes': {
                'activation_events': {'source': {'jsonl': 'events.jsonl'}},
                'license_compliance': {'inventory_file': 'inventory.json'},
                'pack_already_installed': {'history_file': 'history.csv'},
                'internet_connectivity': {'endpoints': [f'tcp://127.0.0.1:{silent_port}'],
                                          'proxy': 'none'}}}]}))
        self.configuration = self.folder / 'cal_exporter.yml'
        self.state = self.folder / 'state'

    def _write(self, name, text):
        (self.folder / name).write_text(text)

    def network(self, name, **probes):
        """Another configuration, with only these probes."""
        self._write(f'{name}.yml', json.dumps({'networks': [{'name': name, 'probes': probes}]}))
        return self.folder / f'{name}.yml'


@contextlib.contextmanager
def sample():
    """A Sample, with a server that accepts connections but sends nothing."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(
            ('127.0.0.1', 0), backlog=100) as server:
        yield Sample(folder, server.getsockname()[1])
