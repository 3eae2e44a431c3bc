"""config/farm_export.schema.json validates the samples of exports, which have every key that it documents."""

import copy
import json
import pathlib
import unittest

import jsonschema

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


if __name__ == '__main__':
    unittest.main()
