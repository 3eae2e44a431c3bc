"""Man pages and completion come from --help and the commented configuration, and are complete."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from lab import agent

CONFIG = pathlib.Path(__file__).parents[2] / 'config'
COMMANDS = ('serve', 'check', 'preflight', 'verify', 'repair', 'access-check', 'events', 'licenses', 'health')


def options_of(*command):
    text = subprocess.run([agent.binary(), *command, '--help'], capture_output=True, text=True,
                          check=True).stdout
    return set(re.findall(r'^  (?:-h,)?(--[a-z.-]+)', text, re.MULTILINE))


class ManPages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        subprocess.run([sys.executable, CONFIG / 'debian/man_pages.py', agent.binary(),
                        CONFIG / 'cal_exporter.yml', cls.folder], check=True)

    def shown(self, page):
        done = subprocess.run(
            ['man', '--warnings', '--local-file', '-Tutf8', self.folder / page],
            capture_output=True, text=True, check=True,
            env={'PATH': '/usr/bin:/bin', 'LC_ALL': 'C.UTF-8', 'MANWIDTH': '200',
                 'MAN_KEEP_FORMATTING': '', 'GROFF_NO_SGR': '1'})
        self.assertEqual('', done.stderr)
        return re.sub('.\b', '', done.stdout)

    def test_every_command_and_option_is_described(self):
        page = self.shown('cal_exporter.1')
        for command in COMMANDS:
            self.assertRegex(page, rf'(?m)^   {command}$')
        for option in set.union(options_of(), *map(options_of, COMMANDS)):
            self.assertIn(f' {option}', page.replace('-h,', ' '))

    def test_the_commands_are_those_that_the_program_has(self):
        text = subprocess.run([agent.binary(), '--help'], capture_output=True, text=True).stdout
        section = text.partition('Subcommands:\n')[2]
        self.assertEqual(list(COMMANDS), re.findall(r'^  ([a-z-]+) ', section, re.MULTILINE))

    def test_the_configuration_is_complete(self):
        page = self.shown('cal_exporter.yml.5')
        for line in (CONFIG / 'cal_exporter.yml').read_text().splitlines():
            self.assertIn(line.strip(), page)


class ConfigurationKeys(unittest.TestCase):
    def errors(self, configuration):
        with tempfile.NamedTemporaryFile('w', suffix='.yml') as file:
            file.write(configuration)
            file.flush()
            return subprocess.run([agent.binary(), '--config.check', '--config.file', file.name],
                                  capture_output=True, text=True).stderr

    def test_the_commented_configuration_has_every_key(self):
        """The keys that the program lists when it finds an unknown key."""
        said = self.errors('networks: [{name: a, probes: {x: {}}}]')
        probes = re.search(r"unknown probe 'x'; available: (.*)", said)[1].split(', ')
        bad = '{x: 1}'
        said = self.errors(f'{{defaults: {bad}, x: 1, networks: [{{name: a, x: 1, '
                             f'directory: {{x: 1, bind: {bad}}}, probes: {{'
                             + ', '.join(f'{probe}: {bad}' for probe in probes) + '}}]}')
        lists = re.findall(r"unknown key 'x'.*\(allowed: (.*)\)", said)
        self.assertEqual(5 + len(probes), len(lists), said)  # none was missed
        text = (CONFIG / 'cal_exporter.yml').read_text()
        for key in set(', '.join(lists).split(', ')):
            with self.subTest(key):
                self.assertRegex(text, rf'(?m)(^|[ #{{,-]){key}:')


class Completion(unittest.TestCase):
    SCRIPT = CONFIG / 'debian/completion.bash'

    def completions(self, *words):
        program = r'''
            source "$1"
            compopt() { :; }  # outside of a completion bash has none to change
            COMP_WORDS=("${@:2}")
            COMP_CWORD=$(($# - 2))
            _cal_exporter "$2"
            printf '%s\n' "${COMPREPLY[@]}"'''
        done = subprocess.run(['bash', '-c', program, 'bash', self.SCRIPT, agent.binary(), *words],
                              capture_output=True, text=True, check=True)
        self.assertEqual('', done.stderr)
        return done.stdout.split()

    def test_commands_and_options(self):
        self.assertLessEqual({*COMMANDS, *options_of()}, set(self.completions('')))
        self.assertEqual(['preflight'], self.completions('pre'))
        for command in COMMANDS:
            with self.subTest(command):
                self.assertLessEqual(options_of() | options_of(command),
                                     set(self.completions(command, '')))

    def test_values(self):
        self.assertEqual(['human', 'json', 'nagios', 'prometheus'],
                         self.completions('check', '--format', ''))
        self.assertEqual(['logfmt'], self.completions('--log.format', 'l'))
        self.assertIn('/etc/passwd', self.completions('--config.file', '/etc/passw'))
