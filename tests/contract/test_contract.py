"""The program keeps the public contract of 0.1.0, except for what CHANGELOG.md says."""

import pathlib
import subprocess
import unittest

from contract.differences import differences, entries_since, items_of
from contract.parts import parts
from contract.sample import sample
from lab.agent import binary

TOP = pathlib.Path(__file__).resolve().parents[2]
VERSION = '0.1.0'
FIXTURE = TOP / 'tests' / 'data' / VERSION


class Contract(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with sample() as one:
            cls.now = {name: items_of(lines) for name, lines in parts(one).items()}
        cls.before = {name: items_of((FIXTURE / name).read_text().splitlines())
                      for name in cls.now}
        cls.entries = entries_since((TOP / 'CHANGELOG.md').read_text(), VERSION)

    def test_every_part_is_compared(self):
        self.assertEqual({file.name for file in FIXTURE.glob('*.txt')}, set(self.now))
        for name, items in self.now.items():
            self.assertGreater(len(items), 5, name)

    def test_differences_are_in_the_changelog(self):
        for name, before in self.before.items():
            now = self.now[name]
            if name == 'state.txt':  # no change for users: an earlier version skips additions
                now = {item: now[item] for item in before if item in now}
            with self.subTest(name):
                found = differences(before, now, self.entries)
                if found:
                    self.fail(f'{name} of {VERSION}:\n' + '\n'.join(found))

    def test_a_saved_report_is_read(self):
        report = FIXTURE / 'report.json'
        done = subprocess.run([binary(), 'check', '--from', report, '--format', 'json'],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual((2, ''), (done.returncode, done.stderr))
        self.assertIn('"primary": "pack_already_installed"', done.stdout)


if __name__ == '__main__':
    unittest.main()
