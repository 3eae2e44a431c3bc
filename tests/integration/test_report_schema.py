"""config/report.schema.json validates the JSON report of `check --format json`, that of /api/v1/status, and the
golden file, which has every kind of row."""

import copy
import json
import pathlib
import subprocess
import tempfile
import unittest

import jsonschema

from lab import agent
from lab.event_lines import EventLog

TOP = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((TOP / 'config' / 'report.schema.json').read_text())
CONFIGURATION = '''
defaults: { interval: 2s, timeout: 2s }
networks:
  - name: ebs
    probes:
      license_compliance: { inventory_file: inventory.json }
      activation_events: { source: { jsonl: events.jsonl } }
  - name: empty
    probes:
      license_compliance: { inventory_file: missing.json }
'''
INVENTORY = [{'edition': 'Standard', 'kind': 'Per User', 'installed': 5, 'assigned_users': 7,
              'assigned_devices': 0}]


def closed(schema):
    """The same schema, except that an undocumented key is an error."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {key: closed(value) for key, value in schema.items()}
    if 'properties' in schema and schema.get('type') == 'object':
        strict['additionalProperties'] = False
    return strict


VALIDATOR = jsonschema.Draft202012Validator(closed(SCHEMA))


class ReportSchema(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.configuration = self.folder / 'cal_exporter.yml'
        self.configuration.write_text(CONFIGURATION)
        EventLog(self.folder).append(5, '0xcfff1208')
        (self.folder / 'inventory.json').write_text(json.dumps(INVENTORY))

    def assert_valid(self, report):
        for error in VALIDATOR.iter_errors(report):
            self.fail(f'{error.json_path}: {error.message}')

    def test_the_schema_is_valid(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_the_golden_report_is_valid(self):
        self.assert_valid(json.loads((TOP / 'tests' / 'golden' / 'check.json').read_text()))

    def test_check_and_the_api_return_the_same_structure(self):
        done = subprocess.run([agent.binary(), 'check', '--format', 'json', '--config.file',
                               str(self.configuration)], capture_output=True, text=True, timeout=60)
        checked = json.loads(done.stdout)
        self.assert_valid(checked)
        self.assertEqual('present', checked['networks'][0]['probes'][0]['verdict'], done.stdout)

        running = agent.Agent(self.configuration, self.folder / 'agent.log',
                              arguments=['--state.dir', str(self.folder / 'state')])
        self.addCleanup(lambda: self.assertEqual(0, running.stop()))
        self.assert_valid(json.loads(running.get('/api/v1/status')[1]))  # maybe not run yet
        agent.wait_until('every probe ran', lambda: running.get('/-/ready')[0] == 200)
        served = json.loads(running.get('/api/v1/status')[1])
        self.assert_valid(served)
        self.assertEqual([network['diagnosis']['sentence'] for network in checked['networks']],
                         [network['diagnosis']['sentence'] for network in served['networks']])

    def test_an_invalid_report_is_rejected(self):
        good = json.loads((TOP / 'tests' / 'golden' / 'check.json').read_text())
        for change in (lambda r: r.pop('version'), lambda r: r.update(version=2),
                       lambda r: r.update(undocumented=1),
                       lambda r: r['networks'][0]['probes'][0].update(verdict='maybe'),
                       lambda r: r['networks'][0]['probes'][0].update(last_run='yesterday')):
            bad = copy.deepcopy(good)
            change(bad)
            self.assertFalse(VALIDATOR.is_valid(bad))
