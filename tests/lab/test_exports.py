"""pack_already_installed and license_compliance on exported files: each fault of `./run break` has its
reason, and no product key leaves the program or stays in its memory."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from . import agent
from .agent import wait_until
from .exports import Exports, random_key
from .faults import break_probe, fix_probe

PACKS = 'pack_already_installed'
COMPLIANCE = 'license_compliance'
LARGEST_MAPPING = 1 << 28  # above are a sanitizer's tables, terabytes of empty address space
MARKER = b'installed on 2025-03-04'  # the program writes this about a pack in the history


class Folder:
    """The part of a domain controller that the faults need."""

    def __init__(self, path):
        self.folder = path


class ExportCase(unittest.TestCase):
    """A folder of exports, and a configuration of the two probes that read them, without a directory."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='cal-exports-'))
        self.addCleanup(shutil.rmtree, self.folder)
        self.exports = Exports(self.folder)
        self.exports.write()
        timing = {'interval': '1s', 'timeout': '1s', 'max_age': '1d'}
        self.configuration = self.folder / 'cal_exporter.yml'
        self.configuration.write_text(json.dumps({'networks': [{'name': 'ebs', 'probes': {
            PACKS: {'history_file': 'history.csv', 'planned_key_file': 'next-pack.key',
                    'inventory_file': 'inventory.json', **timing},
            COMPLIANCE: {'inventory_file': 'inventory.json', **timing}}}]}))

    def run_check(self, output='json'):
        return subprocess.run(
            [agent.binary(), 'check', '--config.file', str(self.configuration), '--format', output],
            capture_output=True, text=True, timeout=120)

    def found(self, probe):
        probes = json.loads(self.run_check().stdout)['networks'][0]['probes']
        return next(agent.Checked(0, each) for each in probes if each['probe'] == probe)

    def serve(self):
        running = agent.Agent(self.configuration, self.folder / 'agent.log', kind=PACKS)
        self.addCleanup(lambda: self.assertEqual(0, running.stop()))
        return running


class Faults(ExportCase):
    # probe, variant, verdict, severity, reason
    CASES = [
        (PACKS, 'planned', 'present', 'critical', 'already_installed'),
        (PACKS, 'duplicate', 'present', 'warning', 'duplicate_in_history'),
        (PACKS, 'missing', 'unknown', 'warning', 'history_missing'),
        (PACKS, 'cut', 'unknown', 'warning', 'history_unreadable'),
        (COMPLIANCE, 'over_assigned', 'present', 'critical', 'over_assigned'),
        (COMPLIANCE, 'none_left', 'clear', 'warning', 'none_left'),
        (COMPLIANCE, 'none_installed', 'present', 'critical', 'none_installed'),
        (COMPLIANCE, 'missing', 'unknown', 'warning', 'inventory_missing'),
    ]
    HEALTHY = {PACKS: 'not_installed', COMPLIANCE: 'compliant'}

    def test_each_variant_has_its_reason_and_recovers(self):
        lab = Folder(self.folder)
        for probe, variant, verdict, severity, reason in self.CASES:
            with self.subTest(probe=probe, variant=variant):
                break_probe(lab, probe, variant)
                break_probe(lab, probe, variant)
                found = self.found(probe)
                self.assertEqual((verdict, severity, reason),
                                 (found.verdict, found.severity, found.reason), str(found))
                fix_probe(lab, probe)
                fix_probe(lab, probe)
                found = self.found(probe)
                self.assertEqual(('clear', self.HEALTHY[probe]), (found.verdict, found.reason))

    def test_a_running_agent_follows_the_files(self):
        lab = Folder(self.folder)
        running = self.serve()
        metrics = running.wait_for('clear', 'not_installed')
        self.assertEqual(2, metrics.value('cal_pack_history_entries'))
        self.assertEqual(8, metrics.value('cal_licenses_available'))
        break_probe(lab, PACKS, 'planned')
        metrics = running.wait_for('present', 'already_installed')
        self.assertEqual(1, metrics.value('cal_pack_planned_installed',
                                          pack=self.exports.planned_key()[-5:]))
        fix_probe(lab, PACKS)
        running.wait_for('clear', 'not_installed')


class Secrets(ExportCase):
    def keys(self):
        """Every full key in the files, with and without hyphens."""
        text = ''.join(file.read_text(errors='replace') for file in self.exports.existing())
        written = set(re.findall(r'\w{5}(?:-\w{5}){4}', text))
        self.assertTrue(written)
        return written | {key.replace('-', '') for key in written}

    def assert_hidden(self, keys, text, where):
        for key in keys:
            self.assertFalse(key.lower() in text.lower(), f'a product key is in {where}')

    def damaged(self):
        """Calls that put the exports into various states, valid and damaged."""
        planned, other = random_key(), random_key()
        head = 'product_key,edition,kind,quantity,installed_at\n'
        histories = [
            f'{head}{planned},Suite,universal,5,2025-03-04T09:30:00Z\n',
            f'{head}{other},{planned},{other},5,2025-03-04\n{other},Suite,,,\n',
            f'{head}Suite,{planned},universal,5,2025-03-04\n',
            f'{head}{planned},Suite,universal,{other},{other}\n',
            f'{head}"{planned}\n', f'{head}"{planned}"x\n', f'{planned},{other}\n{other}\n',
            json.dumps([{'product_key': planned, 'edition': other, 'kind': [planned]}]),
            json.dumps({planned: other, 'value': [other]}),
            f'[{{"product_key": "{planned}", {other}', f'["{planned}"]', f'"{planned}"',
        ]
        for text in histories:
            for plan in (planned, f'{planned}\n{other}\n', f'key={planned}\n'):
                self.exports.history.write_text(text)
                self.exports.planned.write_text(plan)
                yield
        self.exports.planned.write_bytes(planned.encode('utf-16'))
        self.exports.history.write_bytes(f'{head}{planned},B\xfcro,,,\n'.encode('latin-1'))
        yield
        self.exports.inventory.write_text(f'edition,installed,assigned\n{other},5,{planned}\n')
        yield
        self.exports.inventory.write_text(f'edition,installed,assigned\n{other},5,1\n')
        yield

    def test_check_shows_no_key(self):
        for number, _ in enumerate(self.damaged()):
            with self.subTest(number):
                done = self.run_check('json')
                self.assertIn(PACKS, done.stdout)
                self.assert_hidden(self.keys(), done.stdout + done.stderr, 'the report')

    def test_no_output_format_shows_a_key(self):
        break_probe(Folder(self.folder), PACKS, 'planned')
        for output in ('json', 'human', 'nagios', 'prometheus'):
            done = self.run_check(output)
            self.assertIn(self.exports.planned_key()[-5:], done.stdout, output)
            self.assert_hidden(self.keys(), done.stdout + done.stderr, output)

    def test_a_running_agent_shows_no_key_and_keeps_none_in_memory(self):
        # Enough runs that an unwiped key would survive the reuse of its memory.
        for _ in range(300):
            self.exports.add_installation(random_key())
        self.exports.add_installation(self.exports.planned_key())
        running = self.serve()
        running.wait_for('present', 'already_installed')
        keys = self.keys()
        runs = running.metrics().value('cal_probe_runs_total', probe=PACKS)
        wait_until('two more runs', lambda: running.metrics().value(
            'cal_probe_runs_total', probe=PACKS) >= runs + 2)
        for path in ('/', '/metrics', '/config', '/nothing'):
            self.assert_hidden(keys, running.get(path)[1], path)
        self.assert_hidden(keys, running.log(), 'the log')
        process = pathlib.Path('/proc') / str(running.pid)
        for name in ('cmdline', 'environ'):
            self.assert_hidden(keys, (process / name).read_text(errors='replace'), name)
        # A run may be in progress at one of these moments, but not at all of them.
        wait_until('no key in memory', lambda: not self.in_memory(process, keys))

    def in_memory(self, process, keys):
        """Whether one of the keys is in memory that the process can write to. A text that must be there
        shows that the search works."""
        found = seen_marker = False
        with open(process / 'maps') as maps, open(process / 'mem', 'rb', buffering=0) as memory:
            for line in maps:
                span, rights = line.split()[:2]
                if not rights.startswith('rw'):
                    continue
                begin, end = (int(part, 16) for part in span.split('-'))
                if end - begin > LARGEST_MAPPING:
                    continue
                try:
                    memory.seek(begin)
                    content = memory.read(end - begin)
                except (OSError, ValueError, OverflowError):
                    continue  # freed meanwhile, or kernel memory
                seen_marker = seen_marker or MARKER in content
                found = found or any(key.encode() in content for key in keys)
        self.assertTrue(seen_marker)
        return found
