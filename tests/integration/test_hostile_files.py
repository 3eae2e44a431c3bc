"""Files that are not what they should be, given to the commands: an error in bounded time and memory, and
nothing from a file steers the terminal."""

import datetime
import json
import os
import pathlib
import resource
import subprocess
import tempfile
import unittest

from lab.agent import binary, is_sanitized
from lab.event_lines import event_line

MOST_MEMORY = 700 << 20  # address space, libraries included
PROBE = {
    'probe': 'administrators_membership', 'verdict': 'clear', 'severity': 'ok',
    'reason': 'member_direct', 'summary': 'ok', 'action': '', 'evidence': [], 'implications': [],
    'contradicts': False, 'looks_for': [], 'data_at': None, 'phases': [],
    'duration_seconds': None, 'last_run': None}
NOW = datetime.datetime.now(datetime.timezone.utc)
SYSTEM_CAS = '/etc/ssl/certs/ca-certificates.crt'
C1 = '\x9b31m'           # one character that some terminals read as ESC [
BIDI = '\u202egpj.exe'   # shown as exe.jpg
HOSTILE = f'\x1b]0;owned\x07 {C1} {BIDI} \x7f'


def report(*probes, network='ebs', generated_at='2026-11-24T18:40:00Z'):
    return {'version': 1, 'generated_at': generated_at, 'exporter_version': '0.2.0',
            'networks': [{'network': network, 'diagnosis': {}, 'probes': list(probes)}]}


class HostileFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_command(self, *arguments, most_memory=MOST_MEMORY):
        def confine():
            if not is_sanitized():  # a sanitizer reserves terabytes of addresses
                resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
        done = subprocess.run([binary(), *map(str, arguments)], capture_output=True, timeout=300,
                              preexec_fn=confine)
        for text in (done.stdout.decode(), done.stderr.decode()):
            self.assertEqual([], [c for c in text if not c.isprintable() and c not in '\n\t'], text)
        return done

    def refused(self, *arguments, code=3, **options):
        done = self.run_command(*arguments, **options)
        self.assertEqual(code, done.returncode, done)
        self.assertNotEqual(b'', done.stderr)
        self.assertNotIn(b'terminate called', done.stderr)
        return done.stderr.decode()

    def odd_files(self):
        """Name and path of what only looks like a file, is endless or fails."""
        fifo = self.folder / 'fifo'
        os.mkfifo(fifo)
        sparse = self.folder / 'sparse'
        sparse.touch()
        os.truncate(sparse, 1 << 40)
        log = self.folder / 'sparse.evtx'
        log.write_bytes(b'ElfFile\0')
        os.truncate(log, 1 << 40)
        return [('a pipe', fifo), ('an endless device', '/dev/zero'), ('a folder', self.folder),
                ('a device', '/dev/full'), ('a file that fails', '/proc/self/mem'),
                ('a sparse file', sparse), ('a sparse event log', log), ('none', '/missing')]

    def test_odd_files_are_refused_as_an_event_log(self):
        for name, path in self.odd_files():
            with self.subTest(name):
                done = self.run_command('events', '--file', path)
                self.assertIn(done.returncode, (1, 3), done)
                self.assertNotEqual(b'', done.stderr)

    def test_odd_files_are_refused_as_a_report_and_a_descriptor(self):
        for name, path in self.odd_files():
            with self.subTest(name):
                self.refused('check', '--from', path)
                self.refused('access-check', '--descriptor', path, '--sid', 'S-1-5-18',
                             '--mask', '0x10')

    def test_odd_files_are_refused_as_a_configuration(self):
        good = self.folder / 'good.yml'
        good.write_text('networks: []')
        for name, path in self.odd_files():
            with self.subTest(name):
                self.refused('--config.check', '--config.file', path, code=2)
                self.refused('--config.check', '--config.file', good, '--web.config.file', path,
                             code=2)

    def test_odd_files_are_refused_as_what_the_configuration_names(self):
        odd = self.odd_files()
        good = {**dict.fromkeys(('ca_file', 'password_file', 'keytab_file'), SYSTEM_CAS),
                **dict.fromkeys(('history', 'planned', 'inventory', 'hosts', 'alerts', 'jsonl', 'evtx'),
                                str(self.folder / 'none'))}
        for key in good:
            for name, path in odd:
                with self.subTest(key=key, file=name):
                    config = self.folder / 'cal_exporter.yml'
                    config.write_text(json.dumps(self.configuration({**good, key: str(path)})))
                    done = self.run_command('check', '--format', 'json', '--config.file', config)
                    if done.returncode == 3 and not done.stdout:
                        self.assertIn(b'cal_exporter.yml:', done.stderr)
                        continue
                    for network in json.loads(done.stdout)['networks']:
                        for probe in network['probes']:
                            if probe['probe'] != 'internet_connectivity':
                                self.assertEqual('unknown', probe['verdict'], probe)
                            self.assertNotEqual('internal_error', probe['reason'], probe)

    @staticmethod
    def configuration(files):
        timing = {'timeout': '2s', 'interval': '2s'}
        directory = {'uri': 'ldaps://127.0.0.1:9', 'ca_file': files['ca_file'],
                     'bind': {'user': 'a@b', 'password_file': files['password_file']}}
        kerberos = {'uri': 'ldap://127.0.0.1:9',
                    'bind': {'method': 'gssapi', 'keytab_file': files['keytab_file']}}
        membership = {'administrators_membership': {'accounts': ['EBS\\a'], **timing}}
        return {'networks': [{
            'name': 'ebs', 'directory': directory,
            'probes': {**membership,
                       'internet_connectivity': {'ca_file': files['ca_file'], **timing,
                                                 'health_alerts_file': files['alerts'],
                                                 'endpoints': ['https://127.0.0.1:9']},
                       'pack_already_installed': {'history_file': files['history'], **timing,
                                                  'planned_key_file': files['planned'],
                                                  'inventory_file': files['inventory']},
                       'license_compliance': {'inventory_file': files['inventory'], **timing,
                                              'session_hosts_file': files['hosts']},
                       'activation_events': {'source': {'jsonl': files['jsonl']}, **timing}}},
            {'name': 'other', 'directory': kerberos, 'probes': {
                **membership,
                'activation_events': {'source': {'evtx': files['evtx']}, **timing}}}]}

    def from_report(self, content, *arguments):
        file = self.folder / 'report.json'
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return self.run_command('check', '--from', file, *arguments)

    def test_an_empty_report_is_not_an_all_clear(self):
        lost = report(PROBE)
        lost['networks'].append({'network': 'lost', 'diagnosis': {}, 'probes': []})
        for content in ('', ' ', '{}', '[]', 'null', report(), lost,
                        {**report(), 'networks': []}):
            for form in ('human', 'nagios', 'json'):
                with self.subTest(content=content, form=form):
                    done = self.from_report(content, '--format', form)
                    self.assertEqual(3, done.returncode)
                    refused = b'CAL UNKNOWN - ' if form == 'nagios' else b''
                    self.assertEqual(refused, done.stdout[:len(refused) or None])
        self.assertEqual(0, self.from_report(report(PROBE)).returncode)

    def test_odd_times_are_refused(self):
        for time in ('', 'now', '2026-11-24', '2026-11-24T18:40:00+01:00', '0000-00-00T00:00:00Z',
                     '1969-12-31T23:59:59Z', '9999-12-31T23:59:59Z', '2026-13-01T00:00:00Z',
                     None, 0, 1e300, [], {}):
            with self.subTest(time):
                self.assertEqual(3, self.from_report(report(PROBE, generated_at=time)).returncode)
                for key in ('data_at', 'last_run'):
                    probe = {**PROBE, key: 0 if time is None else time}
                    self.assertEqual(3, self.from_report(report(probe)).returncode)

    def test_deep_and_large_reports_end(self):
        for content in ('[' * 10_000_000, '{"a":' * 2_000_000, '[0' + ',0' * 10_000_000):
            self.assertEqual(3, self.from_report(content).returncode)

    def test_control_characters_of_a_report_are_not_shown(self):
        step = {'cause': 'other', 'strength': 'certain', 'sentence': HOSTILE, 'seen_at': None,
                'first_step': HOSTILE}
        probe = {**PROBE, 'verdict': 'unknown', 'severity': 'warning', 'reason': 'membership_not_seen',
                 'summary': HOSTILE, 'action': HOSTILE, 'object': HOSTILE, 'implications': [step],
                 'evidence': [{'verdict': None, 'item': HOSTILE, 'text': HOSTILE}]}
        for form in ('human', 'nagios', 'json'):
            with self.subTest(form):
                self.assertNotEqual(b'', self.from_report(report(probe), '--format', form).stdout)
        shown = json.loads(self.from_report(report(probe), '--format', 'json').stdout)
        self.assertEqual(HOSTILE, shown['networks'][0]['probes'][0]['summary'])
        for wrong in (report(PROBE, network=HOSTILE), report(PROBE, network='ebs\nall clear'),
                      report({**PROBE, 'reason': HOSTILE}), report({**PROBE, 'probe': HOSTILE}),
                      report(PROBE, generated_at=HOSTILE), {**report(PROBE), 'version': HOSTILE},
                      json.dumps(report(PROBE))[:-1] + HOSTILE):
            done = self.from_report(wrong)
            self.assertEqual((3, 1), (done.returncode, done.stderr.count(b'\n')), done.stderr)

    def test_control_characters_of_events_and_configurations_are_not_shown(self):
        log = self.folder / 'log.jsonl'
        log.write_text(event_line(5, 1, NOW, [C1, BIDI], computer=f'srv{C1}\x1b\x7f'))
        self.assertEqual(C1, json.loads(
            self.run_command('events', '--file', log).stdout)['data'][0]['value'])
        for text in (f'"networks{C1}": []', f'networks: [{{name: "{C1}{BIDI}"}}]', f'a: {BIDI}: :',
                     f'"\\e[31m{BIDI}": 1', f'{C1}: &a [*b]'):
            for option in ('--config.file', '--web.config.file'):
                with self.subTest(text=text, option=option):
                    config = self.folder / 'odd.yml'
                    config.write_text(text)
                    good = self.folder / 'good.yml'
                    good.write_text('networks: []')
                    self.refused('--config.check', '--config.file',
                                 config if option == '--config.file' else good,
                                 *(['--web.config.file', config] if 'web' in option else []),
                                 code=2)


if __name__ == '__main__':
    unittest.main()
