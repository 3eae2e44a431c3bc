"""systemd checks the unit of the service."""

import pathlib
import re
import subprocess
import tempfile
import unittest

from lab import agent

PROJECT = pathlib.Path(__file__).parents[2]
UNIT = PROJECT / 'config/debian/cal_exporter.service'
MOST_EXPOSURE = 2.0
THREADS_AT_REST = 20


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

    def test_memory_and_tasks_are_limited_with_room_for_what_the_agent_does(self):
        unit = UNIT.read_text()
        memory = int(re.search(r'^MemoryMax=(\d+)G$', unit, re.MULTILINE)[1])
        tasks = int(re.search(r'^TasksMax=(\d+)$', unit, re.MULTILINE)[1])
        runs = int(re.search(r'max_runs = (\d+);',
                             (PROJECT / 'agent/run/scheduler.h').read_text())[1])
        self.assertGreaterEqual(memory, 1)
        self.assertGreaterEqual(tasks, 2 * runs + THREADS_AT_REST)
        self.assertLessEqual(tasks, 4 * runs)
