"""The program `run`: what it reports about the tests that it runs."""

import pathlib
import re
import subprocess
import tempfile
import unittest

RUN = pathlib.Path(__file__).resolve().parents[2] / 'run'


def function(name):
    """The text of one of its functions."""
    return re.search(rf'^{name}\(\) \{{\n.*?^\}}\n', RUN.read_text(), re.M | re.S)[0]


class Slowest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        tests = self.top / 'build/release'
        tests.mkdir(parents=True)
        (tests / 'CTestTestfile.cmake').write_text(
            'add_test(quick true)\nadd_test(slow sleep 1)\nadd_test(failing false)\n')
        (self.top / 'build/log').mkdir()
        (self.top / 'build/log/steps').write_text('7.5 build\n')

    def bash(self, *commands):
        script = '\n'.join(['set -euo pipefail', f'top={self.top}', 'logs=$top/build/log',
                            function('slowest'), function('ctest_in'), *commands])
        return subprocess.run(['bash', '-c', script], check=True, capture_output=True, text=True).stdout

    def test_only_tests_of_this_run_are_listed(self):
        first = self.bash('ctest_in release -E failing', 'slowest release')
        self.assertRegex(first, r'(?s)seconds:\n  7 build\n  1 slow\n  0 quick\n$')
        self.assertRegex(self.bash('ctest_in release -R quick', 'slowest release'),
                         r'seconds:\n  7 build\n  0 quick\n$')

    def test_a_test_that_failed_is_listed(self):
        self.assertRegex(self.bash('ctest_in release || true', 'slowest release'), '  0 failing\n')


if __name__ == '__main__':
    unittest.main()
