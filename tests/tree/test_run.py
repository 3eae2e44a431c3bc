"""The program `run`: what it reports about the tests that it runs."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

RUN = pathlib.Path(__file__).resolve().parents[2] / 'run'


def function(name):
    """The text of one of its functions."""
    text = RUN.read_text()
    one_line = re.search(rf'^{name}\(\) \{{ .* \}}\n', text, re.M)
    return (one_line or re.search(rf'^{name}\(\) \{{\n.*?^\}}\n', text, re.M | re.S))[0]


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
                            function('slowest'), function('ctest_in'),
                            function('say_what_was_skipped'), *commands])
        return subprocess.run(['bash', '-c', script], check=True, capture_output=True, text=True).stdout

    def test_only_tests_of_this_run_are_listed(self):
        first = self.bash('ctest_in release -E failing', 'slowest release')
        self.assertRegex(first, r'(?s)seconds:\n  7 build\n  1 slow\n  0 quick\n$')
        self.assertRegex(self.bash('ctest_in release -R quick', 'slowest release'),
                         r'seconds:\n  7 build\n  0 quick\n$')

    def test_a_test_that_failed_is_listed(self):
        self.assertRegex(self.bash('ctest_in release || true', 'slowest release'), '  0 failing\n')


class Checkouts(unittest.TestCase):
    """The list of sources, which all checks of the code read."""

    FILES = [f'{name}.cpp' for name in ('a', 'b', 'room/c')]

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        for name in [*self.FILES, *(f'{folder}/d.cpp' for folder in ('build/release', '.lab', 'room/node_modules'))]:
            (self.top / name).parent.mkdir(parents=True, exist_ok=True)
            (self.top / name).touch()

    def make_repository(self):
        for command in (['init', '--quiet'], ['add', *self.FILES]):
            subprocess.run(['git', *command], cwd=self.top, check=True)

    def sources(self):
        script = '\n'.join(['set -euo pipefail', f'top={self.top}; cd $top', function('git_here'),
                            function('sources'), "sources '*.cpp' '*.h'"])
        done = subprocess.run(['bash', '-c', script], capture_output=True, text=True)
        self.assertEqual('', done.stderr)
        return sorted(done.stdout.split())

    def test_of_git(self):
        self.make_repository()
        self.assertEqual(self.FILES, self.sources())

    def test_of_a_tarball_without_git(self):
        self.assertEqual(self.FILES, self.sources())

    def test_of_a_checkout_of_another_user(self):
        self.make_repository()
        for path in (self.top, *self.top.rglob('*')):
            os.chown(path, 12345, 12345)
        self.assertEqual(self.FILES, self.sources())


class WithoutRights(unittest.TestCase):
    """For an ordinary user of a machine without sudo."""

    def bash(self, *commands):
        with tempfile.TemporaryDirectory() as folder:
            tools = pathlib.Path(folder)
            tools.chmod(0o755)
            for name in ('id', 'grep', 'tail', 'dirname'):
                (tools / name).symlink_to(f'/usr/bin/{name}')
            script = '\n'.join(['set -euo pipefail', 'top=/nowhere command=up', *(
                function(name) for name in ('fail', 'need_root', 'as_root')), *commands])
            return subprocess.run(['/bin/bash', '-c', script], capture_output=True, text=True,
                                  env={'PATH': folder}, user=12345, group=12345, extra_groups=[])

    def test_one_line_names_what_needs_root(self):
        done = self.bash("need_root './run up'")
        self.assertEqual((1, 'run: ./run up needs root, and there is no sudo: run this again as root\n'),
                         (done.returncode, done.stderr))


if __name__ == '__main__':
    unittest.main()
