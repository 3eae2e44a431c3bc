"""systemd checks the unit of the service."""

import pathlib
import subprocess
import tempfile
import unittest

from lab import agent

UNIT = pathlib.Path(__file__).parents[2] / 'config/debian/cal_exporter.service'
MOST_EXPOSURE = 2.0


class Unit(unittest.TestCase):
    def test_the_exposure_level_is_low(self):
        done = subprocess.run(
            ['systemd-analyze', 'security', '--offline=yes', '--no-pager',
             f'--threshold={round(MOST_EXPOSURE * 10)}', UNIT], capture_output=True, text=True)
        self.assertIn('Overall exposure level', done.stdout, done.stderr)
        self.assertEqual(0, done.returncode, done.stdout)

    def test_systemd_finds_no_error(self):
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder) / UNIT.name
            unit.write_text(UNIT.read_text().replace('/usr/bin/cal_exporter', agent.binary()))
            done = subprocess.run(['systemd-analyze', 'verify', '--man=no', unit],
                                  capture_output=True, text=True)
        self.assertEqual((0, ''), (done.returncode, done.stderr))
