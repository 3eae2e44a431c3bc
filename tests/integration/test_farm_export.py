"""config/farm_export.schema.json validates the samples of exports, which have every key that it documents, and the
agent gives a verdict by what the scripts wrote."""

import copy
import datetime
import json
import pathlib
import tempfile
import unittest

import jsonschema

from lab import agent

TOP = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((TOP / 'config' / 'farm_export.schema.json').read_text())
SAMPLES = TOP / 'tests' / 'data' / 'farm'
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def sample(name):
    return json.loads((SAMPLES / f'{name}.json').read_text())


class FarmExport(unittest.TestCase):
    def test_the_samples_are_valid_and_have_every_key(self):
        for name, kind in (('RDSH1', 'session_host'), ('LS1', 'license_server')):
            with self.subTest(name):
                VALIDATOR.validate(sample(name))
                self.assertEqual(set(SCHEMA['$defs'][kind]['properties']), set(sample(name)))

    def test_what_the_scripts_wrote_is_valid(self):
        for name in ('RDSH1', 'LS1'):
            with self.subTest(name):
                written = json.loads((TOP / 'tests/data/farm_scripts' / f'{name}.json').read_text())
                VALIDATOR.validate(written)
                self.assertEqual([], written['errors'])

    def test_one_file_may_have_several_exports(self):
        VALIDATOR.validate([sample('RDSH1'), sample('LS1')])

    def test_the_least_export_is_valid(self):
        required = SCHEMA['$defs']['session_host']['required']
        VALIDATOR.validate({key: sample('RDSH1')[key] for key in required})

    def test_what_a_reader_would_misunderstand_is_refused(self):
        for key, value in (('version', 2), ('kind', 'host'), ('generated_at', '11/26/2026 7:55 AM'),
                           ('licensing_type', 'per user'), ('specified_servers', 'LS1'),
                           ('days_left', -1), ('collected', 'sometimes')):
            with self.subTest(key):
                changed = {**copy.deepcopy(sample('RDSH1')), key: value}
                with self.assertRaises(jsonschema.ValidationError):
                    VALIDATOR.validate(changed)


class Scripts(unittest.TestCase):
    """What the scripts wrote, as if they had run just now."""

    def verdict(self, **of_host):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            for computer in ('RDSH1', 'LS1'):
                export = json.loads((TOP / f'tests/data/farm_scripts/{computer}.json').read_text())
                export['generated_at'] = datetime.datetime.now(datetime.timezone.utc).isoformat()
                export.update(of_host if computer == 'RDSH1' else {})
                VALIDATOR.validate(export)
                (folder / f'{computer}.json').write_text(json.dumps(export))
            config = folder / 'config.yml'
            config.write_text('networks: [{name: rds, probes: {session_host_licensing: {exports: %s}}}]' % name)
            return agent.check(config)

    def test_a_healthy_host_is_licensed(self):
        found = self.verdict()
        self.assertEqual(('clear', 'licensed'), (found.verdict, found.reason), str(found))
        self.assertIn('gets a license from LS1', str(found))

    def test_a_host_whose_log_was_not_read_is_not(self):
        found = self.verdict(events=None, errors=[{'key': 'events', 'error': 'Operational is disabled'}])
        self.assertEqual(('unknown', 'export_incomplete'), (found.verdict, found.reason), str(found))
        self.assertIn('events: Operational is disabled', str(found))

    def test_a_refusal_in_the_log_is_found(self):
        now = datetime.datetime.now(datetime.timezone.utc).isoformat()
        found = self.verdict(events=[{'id': 1011, 'newest_at': now, 'count': 2, 'clients': 1}])
        self.assertEqual(('present', 'users_refused'), (found.verdict, found.reason), str(found))


if __name__ == '__main__':
    unittest.main()
