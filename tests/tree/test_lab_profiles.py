"""The profiles of the lab: whatever `./run break` breaks, the agent of `./run up` checks."""

import pathlib
import unittest

import yaml

from lab.faults import FAULTS
from lab.running import PROFILES

TEMPLATES = pathlib.Path(__file__).parents[1] / 'lab/templates'


class Profiles(unittest.TestCase):
    def test_each_probe_with_a_fault_is_configured(self):
        self.assertEqual(set(PROFILES), set(FAULTS))
        for profile, faults in FAULTS.items():
            file = TEMPLATES / f'{profile}.yml'
            network, = yaml.safe_load(file.read_text())['networks']
            for probe in faults:
                with self.subTest(profile=profile, probe=probe):
                    self.assertTrue(probe in network['probes'],
                                    f'faults.py has a fault of {probe}: add its block to {file.name}')


if __name__ == '__main__':
    unittest.main()
