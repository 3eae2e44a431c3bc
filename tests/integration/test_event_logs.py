"""Event log files, as `cal_exporter events` shows them and as the agent follows them: whole,
growing, cleared, wrapped around, not closed, damaged."""

import datetime
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

from fakes.evtx_writer import CHUNK_SIZE, DIRTY, FILE_HEADER_SIZE, Event, evtx, header
from lab.agent import Agent, binary, wait_until
from lab.event_lines import CAL_PROVIDER, event_line
from lab.exposition import Exposition

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
START = NOW - datetime.timedelta(days=1)
RDS_PROVIDER = 'Microsoft-Windows-TerminalServices-Licensing'


def at(record_id):
    return START + datetime.timedelta(seconds=record_id)


def event(event_id, record_id, data=(), provider=CAL_PROVIDER, **more):
    return Event(provider, event_id, record_id, at(record_id), data, **more)


def failures(first, last):
    return [event(5, i, ['0xcfff1208', 'Already there']) for i in range(first, last + 1)]


class Case(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.log = self.folder / 'log.evtx'

    def write(self, content):
        """Replaces the log as the scheduled task does: writes a new file and renames it."""
        fresh = self.folder / 'fresh'
        fresh.write_bytes(content)
        fresh.rename(self.log)


class Events(Case):
    """The command `events`."""

    def shown(self, *arguments, code=0, file=None):
        done = subprocess.run([binary(), 'events', '--file', str(file or self.log), *arguments],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(code, done.returncode, done.stderr)
        self.said = done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_an_event_is_shown_completely_and_decoded(self):
        self.write(evtx([event(5, 17, ['-805367288', 'Größe <&> ☃'], number=1)]))
        [shown] = self.shown()
        self.assertEqual((CAL_PROVIDER, 5, 17, 'srv1', f'{CAL_PROVIDER}/Operational', 'S-1-5-18'),
                         tuple(shown[key] for key in ('provider', 'id', 'record_id', 'computer',
                                                      'channel', 'user')))
        self.assertEqual(['-805367288', 'Größe <&> ☃'], [d['value'] for d in shown['data']])
        self.assertEqual(at(17).strftime('%Y-%m-%dT%H:%M:%S.000000000Z'), shown['time'])
        self.assertEqual(('pack_already_installed', 'certain'),
                         (shown['decoded']['cause'], shown['decoded']['strength']))
        self.assertEqual('', self.said)

    def test_its_output_can_be_read_back(self):
        self.write(evtx(failures(1, 3)))
        shown = self.shown()
        lines = self.folder / 'again.jsonl'
        lines.write_text(''.join(json.dumps(line) + '\n' for line in shown))
        self.assertEqual(shown, self.shown(file=lines))

    def test_provider_and_id_are_filters(self):
        self.write(evtx([event(4, 1), event(12, 2), event(12, 3, provider=RDS_PROVIDER)]))
        self.assertEqual([2, 3], [e['record_id'] for e in self.shown('--id', '12')])
        self.assertEqual([3], [e['record_id'] for e in self.shown('--provider', RDS_PROVIDER)])
        self.assertEqual([], self.shown('--provider', RDS_PROVIDER, '--id', '4'))

    def test_a_log_that_wrapped_around_is_shown_in_order(self):
        content = evtx(failures(1, 300))
        chunks = [content[at:at + CHUNK_SIZE]
                  for at in range(FILE_HEADER_SIZE, len(content), CHUNK_SIZE)]
        self.assertGreater(len(chunks), 2)
        self.write(content[:FILE_HEADER_SIZE] + b''.join(chunks[2:] + chunks[:2]))
        self.assertEqual(list(range(1, 301)), [e['record_id'] for e in self.shown()])

    def test_unreadable_records_are_counted(self):
        content = bytearray(evtx(failures(1, 200)))
        content[FILE_HEADER_SIZE + 30000:FILE_HEADER_SIZE + 30400] = b'\xff' * 400
        self.write(content)
        shown = self.shown(code=1)
        self.assertGreater(len(shown), 150)
        self.assertRegex(self.said, r'log\.evtx: [0-9]+ events? could not be read\n')

    def test_a_file_that_is_not_a_log_is_reported(self):
        self.write(b'ElfFile\0' + b'x' * 10)
        self.shown(code=3)
        self.assertIn('cannot read', self.said)
        self.assertEqual(1, self.said.count('\n'), self.said)
        self.shown(code=3, file=self.folder / 'none')
        self.assertIn('No such file', self.said)

    def test_a_log_may_be_truncated_anywhere(self):
        content = evtx(failures(1, 5))
        for length in list(range(0, 1024, 8)) + list(range(FILE_HEADER_SIZE, 10000, 97)):
            self.log.write_bytes(content[:length])
            done = subprocess.run([binary(), 'events', '--file', str(self.log)],
                                  capture_output=True, timeout=60)
            self.assertIn(done.returncode, (0, 1, 3), length)


class Followed(Case):
    """The agent follows a log."""

    def follow(self, file=None, source='evtx', **options):
        config = self.folder / 'cal_exporter.yml'
        config.write_text(json.dumps({'networks': [{'name': 'ebs', 'probes': {
            'activation_events': {'source': {source: str(file or self.log)},
                                  'interval': '1s', 'timeout': '1s', **options}}}]}))
        agent = Agent(config, self.folder / 'agent.log', kind='activation_events',
                      arguments=['--state.dir', str(self.folder / 'state')])
        self.addCleanup(lambda: self.assertEqual(0, agent.stop()))
        return agent

    def wait_for_events(self, agent, count, event_id=5, source='ebs_cal'):
        """Waits until this many events were counted; more is a failure."""
        def counted():
            metrics = agent.metrics()
            found = sum(value for _, value in metrics.samples(
                'cal_license_events_total', event_id=str(event_id), source=source))
            self.assertLessEqual(found, count)
            return metrics if found == count else None
        return wait_until(f'{count} events {event_id}', counted)

    def wait_for_two_runs(self, agent):
        """Waits for two runs, the second of which started after this call."""
        def runs():
            return agent.metrics().value('cal_probe_runs_total')
        before = runs()
        wait_until('two more runs', lambda: runs() >= before + 2)

    def test_a_log_that_grows_is_counted_once(self):
        self.write(evtx(failures(1, 3)))
        agent = self.follow()
        metrics = self.wait_for_events(agent, 3)
        self.assertEqual(('present', 'activation_failed'), metrics.verdict('activation_events'))
        self.write(evtx(failures(1, 300)))
        self.wait_for_events(agent, 300)
        self.write(evtx(failures(1, 300) + [event(4, 301)]))
        metrics = agent.wait_for('clear', 'superseded_by_success')
        self.wait_for_events(agent, 300)
        self.assertEqual(0, metrics.value('cal_events_gap_total'))
        self.assertEqual(at(301).timestamp(),
                         metrics.value('cal_activation_last_success_timestamp_seconds'))
        self.assertAlmostEqual(self.log.stat().st_mtime,
                               metrics.value('cal_source_data_timestamp_seconds'), places=1)

    def test_a_cleared_log_starts_again_and_lost_events_are_counted(self):
        self.write(evtx(failures(1, 10)))
        agent = self.follow()
        self.wait_for_events(agent, 10)
        cleared = [Event(CAL_PROVIDER, 5, record_id, at(100 + record_id), ['5'])
                   for record_id in (3, 4)]
        self.write(evtx(cleared))
        metrics = self.wait_for_events(agent, 12)
        self.assertEqual(2, metrics.value('cal_events_gap_total'))
        self.write(evtx(failures(1, 10)))  # the old log comes back from a backup
        self.wait_for_two_runs(agent)
        self.write(evtx(cleared + [Event(CAL_PROVIDER, 5, 5, at(200), ['5'])]))
        self.wait_for_events(agent, 13)

    def test_a_copy_of_a_live_log_that_was_not_closed_is_read(self):
        content = evtx(failures(1, 300), flags=DIRTY)
        self.assertGreater(len(content), FILE_HEADER_SIZE + 2 * CHUNK_SIZE)
        self.write(header(1, 2, DIRTY) + content[FILE_HEADER_SIZE:])  # the header lags behind
        self.wait_for_events(self.follow(), 300)

    def test_damage_is_counted_once_and_the_rest_is_read(self):
        def damaged(last):
            content = bytearray(evtx(failures(1, last)))
            content[FILE_HEADER_SIZE + 30000:FILE_HEADER_SIZE + 30400] = b'\xff' * 400
            return bytes(content)

        self.write(damaged(300))
        agent = self.follow()
        unread = wait_until('damage is counted', lambda: agent.metrics().value(
            'cal_events_unparsed_total'))
        self.write(damaged(301))
        self.wait_for_two_runs(agent)
        self.assertEqual(unread, agent.metrics().value('cal_events_unparsed_total'))
        self.assertIn('1 line or record of the log', agent.get('/')[1])

    def test_a_missing_or_broken_log_is_unknown_and_recovers(self):
        agent = self.follow()
        agent.wait_for('unknown', 'log_missing')
        self.write(b'no event log at all' * 1000)
        agent.wait_for('unknown', 'log_unreadable')
        self.write(evtx([event(4, 1)]))
        agent.wait_for('clear', 'no_failure')
        self.log.unlink()
        metrics = agent.wait_for('unknown', 'log_missing')
        self.assertEqual([], metrics.samples('cal_activation_failing'))
        self.assertEqual(1, metrics.value('cal_license_events_total', event_id='4',
                                          source='ebs_cal'))

    def test_a_log_that_is_no_longer_written_is_stale(self):
        self.write(evtx([event(4, 1)]))
        os.utime(self.log, (START.timestamp() - 60, START.timestamp() - 60))
        self.follow().wait_for('unknown', 'log_stale')

    def test_ids_of_other_licensing_providers_are_distinguished(self):
        harmless = [event(4, 1, provider=RDS_PROVIDER), event(44, 2, provider=RDS_PROVIDER)]
        self.write(evtx(harmless))
        agent = self.follow()
        self.wait_for_events(agent, 1, event_id=44, source='rds_licensing')
        metrics = agent.wait_for('clear', 'no_failure')
        self.assertIsNone(metrics.value('cal_activation_last_success_timestamp_seconds'))
        # Not the directory fault that event 12 of EBS indicates.
        self.write(evtx(harmless + [event(12, 3, provider=RDS_PROVIDER)]))
        metrics = agent.wait_for('present', 'assignment_failed')
        self.assertEqual(1, metrics.value('cal_license_events_total', event_id='12',
                                          source='rds_licensing', cause='other'))

    def test_a_success_and_a_failure_survive_a_restart(self):
        self.write(evtx([event(4, 1), *failures(2, 4)]))
        agent = self.follow()
        self.wait_for_events(agent, 3)
        agent.stop()
        self.log.unlink()
        metrics = self.follow().wait_for('present', 'activation_failed')
        self.assertEqual(at(1).timestamp(),
                         metrics.value('cal_activation_last_success_timestamp_seconds'))

    def test_counters_continue_when_the_configuration_changes(self):
        self.write(evtx(failures(1, 3)))
        agent = self.follow()
        self.wait_for_events(agent, 3)
        config = self.folder / 'cal_exporter.yml'
        config.write_text(config.read_text().replace('"1s"', '"2s"', 1))
        agent.send(signal.SIGHUP)
        wait_until('the new interval', lambda: agent.metrics().value(
            'cal_probe_interval_seconds') == 2)
        self.write(evtx(failures(1, 4)))
        self.wait_for_events(agent, 4)

    def test_lines_in_every_encoding_of_powershell_are_read(self):
        lines = ''.join(event_line(5, i, at(i), ['0xcfff1208', 'Größe']) for i in range(1, 4))
        for encoding in ('utf-8', 'utf-8-sig', 'utf-16', 'utf-16-be', 'cp1252'):
            with self.subTest(encoding=encoding):
                file = self.folder / f'{encoding}.jsonl'
                mark = '\ufeff' if encoding == 'utf-16-be' else ''
                file.write_bytes((mark + lines.replace('\n', '\r\n')).encode(encoding))
                metrics = self.checked(file)
                self.assertEqual(3, metrics.value('cal_license_events_total', event_id='5',
                                                  cause='pack_already_installed'))
                self.assertEqual(0, metrics.value('cal_events_unparsed_total'))

    def checked(self, file):
        """The metrics of one `check`, which neither reads nor writes state."""
        config = self.folder / 'check.yml'
        config.write_text(json.dumps({'networks': [{'name': 'ebs', 'probes': {
            'activation_events': {'source': {'jsonl': str(file)}}}}]}))
        done = subprocess.run([binary(), 'check', '--config.file', str(config),
                               '--state.dir', str(self.folder / 'none'),
                               '--format', 'prometheus'],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual('', done.stderr)
        self.assertFalse((self.folder / 'none').exists())
        return Exposition(done.stdout)


if __name__ == '__main__':
    unittest.main()
