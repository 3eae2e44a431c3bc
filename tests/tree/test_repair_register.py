"""Every kind of change that a repair plan prints is in the register of what was run where."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The changes of a script, at the beginning of a line; what is indented only reads.
CHANGE = re.compile(r'^((?:Add|Remove|Set|Clear|Enable|Disable|Unlock|Write)-\w+)', re.MULTILINE)
NO_CHANGES = {'Add-Type'}


class Register(unittest.TestCase):
    def test_every_change_is_in_it(self):
        script = (ROOT / 'tests' / 'golden' / 'repair.ps1').read_text()
        changes = set(CHANGE.findall(script)) - NO_CHANGES
        self.assertIn('Enable-ADAccount', changes)
        document = (ROOT / 'agent' / 'docs' / 'compatibility.md').read_text()
        register = document.split('\n## Repair plans\n')[1].split('\n## ')[0]
        rows = [line for line in register.splitlines() if line.startswith('| ')]
        self.assertEqual([], [change for change in sorted(changes)
                              if not any(f'`{change}`' in row for row in rows)])


if __name__ == '__main__':
    unittest.main()
