"""`cal_exporter licenses` and the page /licenses on the exports of a farm: what ends when, and what to buy."""

import csv
import io
import json
import pathlib
import subprocess
import tempfile
import time
import unittest

import jsonschema

from lab import agent

from .test_report_schema import closed

SCHEMA = pathlib.Path(__file__).parents[2] / 'config' / 'licenses.schema.json'
HOST = {'kind': 'session_host', 'version': 1, 'computer': 'RDSH1', 'collected': 'local',
        'terminal_server_mode': 1, 'licensing_type': 4}
CONFIGURATION = '''networks:
- name: farm
  probes:
    session_host_licensing: {exports: farm}
'''


def day(days):
    return time.strftime('%Y-%m-%d', time.gmtime(time.time() + days * 86400))


def monday(weeks):
    """The Monday of this week, and so many weeks later."""
    return day(weeks * 7 - time.gmtime().tm_wday)


def pack(number, total, issued, ends):
    return {'KeyPackId': number, 'KeyPackType': 2, 'ProductType': 1, 'ProductVersionID': 7,
            'TotalLicenses': total, 'IssuedLicenses': issued, 'ExpirationDate': ends}


class Licenses(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / 'farm').mkdir()
        self.config = self.folder / 'cal_exporter.yml'
        self.config.write_text(CONFIGURATION)
        now = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())
        self.ends = day(20)
        server = {'kind': 'license_server', 'version': 1, 'computer': 'LS1', 'collected': 'local',
                  'generated_at': now, 'activation_status': 0,
                  'key_packs': [pack(3, 50, 45, '2038-01-01T00:00:00Z'),
                                pack(4, 20, 5, f'{self.ends}T00:00:00Z')],
                  'issued': [{'holder': 'user', 'product_version_id': 7, 'status': 2,
                              'week': monday(0), 'count': 3},
                             {'holder': 'user', 'product_version_id': 7, 'status': 2,
                              'week': monday(6), 'count': 40}]}
        for name, export in (('RDSH1', {**HOST, 'generated_at': now}), ('LS1', server)):
            (self.folder / 'farm' / f'{name}.json').write_text(json.dumps(export))

    def run_with(self, *arguments, code=0):
        done = subprocess.run([agent.binary(), 'licenses', '--config.file', str(self.config), *arguments],
                              capture_output=True, text=True)
        self.assertEqual(code, done.returncode, done.stderr)
        return done.stdout + done.stderr

    def test_for_people(self):
        said = self.run_with()
        for words in ('RDS Windows Server 2022 (user): 70 installed, 50 issued, 20 free',
                      'at most 3 in 7 days, 3 in 30, 43 in 90', f'{self.ends}: a pack of 20 user',
                      'Nothing has to be bought.', 'Assumptions:'):
            self.assertIn(words, said)

    def test_the_json_is_as_its_schema_says(self):
        schema = closed(json.loads(SCHEMA.read_text()))
        jsonschema.validate(json.loads(self.run_with('--format', 'json', '--holders')), schema)
        (self.folder / 'farm' / 'LS1.json').unlink()
        jsonschema.validate(json.loads(self.run_with('--format', 'json', code=3)), schema)

    def test_json_and_csv_have_the_same_numbers(self):
        found = json.loads(self.run_with('--format', 'json'))['networks'][0]['licenses']
        self.assertEqual({'7d': 3, '30d': 3, '90d': 43}, found['ending'])
        self.assertEqual(14, len(found['weeks']))
        rows = list(csv.DictReader(io.StringIO(self.run_with('--format', 'csv'))))
        ending = sum(int(row['licenses']) for row in rows if row['what'] == 'ending_in_week')
        self.assertEqual(43, ending)
        self.assertEqual(['70'], [row['licenses'] for row in rows if row['what'] == 'installed'])

    def test_holders_are_named_on_demand_only_and_only_from_the_directory(self):
        self.assertNotIn('Holders', self.run_with())
        self.assertIn('Holders: not known', self.run_with('--holders'))

    def test_the_metric_and_the_page(self):
        running = agent.Agent(self.config, self.folder / 'agent.log')
        self.addCleanup(running.stop)
        metrics = agent.wait_until('a run', lambda: (lambda read: read if read.samples(
            'cal_licenses_ending') else None)(running.metrics()))
        self.assertEqual({'7d': 3, '30d': 3, '90d': 43},
                         {labels['horizon']: value for labels, value
                          in metrics.samples('cal_licenses_ending')})
        status, page = running.get('/licenses')[:2]
        self.assertEqual(200, status)
        self.assertIn('<svg class="weeks"', page)
        self.assertNotIn('style="', page)

    def preflight(self, *arguments):
        done = subprocess.run([agent.binary(), 'preflight', '--config.file', str(self.config), *arguments],
                              capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def test_preflight_of_a_host_says_what_is_known_and_how_old_it_is(self):
        code, said = self.preflight('--host', 'rdsh1')
        self.assertEqual(3, code)  # its export does not say which server it asks
        self.assertIn('Would a user get a license on rdsh1 now? Cannot tell: ', said)
        self.assertIn('The newest data is from ', said)
        code, said = self.preflight('--host', 'RDSH9')
        self.assertEqual(3, code)
        self.assertIn('there is no export of RDSH9', said)
        self.assertEqual(3, self.preflight('--user', 'alice')[0])  # only with --host

    def test_preflight_of_a_host_that_refuses(self):
        export = self.folder / 'farm' / 'RDSH1.json'
        export.write_text(json.dumps({**json.loads(export.read_text()), 'licensing_type': 5,
                                      'days_left': 0}))
        code, said = self.preflight('--host', 'RDSH1')
        self.assertEqual(2, code)
        for words in ('now? No: ', 'First step: Set the policy', 'mstsc /admin'):
            self.assertIn(words, said)

    def test_nothing_that_counts_is_an_error(self):
        self.config.write_text('networks: [{name: a, probes: {internet_connectivity: '
                               '{endpoints: [https://a.example]}}}]\n')
        self.assertIn('no probe counts licenses', self.run_with(code=3))


if __name__ == '__main__':
    unittest.main()
