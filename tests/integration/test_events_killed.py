"""The agent is killed at random moments while events are appended: every event is counted exactly once."""

import collections
import datetime
import json
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from lab.agent import Agent, binary, wait_until
from lab.event_lines import event_line

KILLS = 200
AGENTS = 4      # side by side, each with its own folder
NETWORKS = 15   # of each agent: so many probes run every second, each with a state file to replace
LONGEST_LIFE = 1.2  # seconds; a run is due every second

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
KINDS = [  # event id, data, and the cause that it is counted with
    (4, [], 'none'),
    (5, ['0xcfff1208', 'x'], 'pack_already_installed'),
    (5, ['0x80004005', 'x'], 'other'),
    (12, [], 'directory_not_writable'),
]


def settled(agent):
    """The page after every probe has run twice without interruption: on a slow machine one run is too short
    for the whole log."""
    def found():
        metrics = agent.metrics()
        runs = [value for _, value in metrics.samples('cal_probe_runs_total')]
        interrupted = any(value and labels['reason'] in ('log_partly_read', 'timeout')
                          for labels, value in metrics.samples('cal_probe_reason_info'))
        return len(runs) == NETWORKS and min(runs) >= 2 and not interrupted and metrics
    return wait_until('every probe has run twice and read its whole log', found)


class Log:
    """A log that grows, is rotated once and cleared once, and its events."""

    def __init__(self, path, dice):
        self.path = path
        self.counts = collections.Counter()
        self._dice = dice
        self._record_id = 0
        self._seconds = 0
        self._rotate_after = dice.randrange(50, 400)
        self._clear_after = dice.randrange(50, 400)
        self._file = open(path, 'wb', buffering=0)

    def grow(self):
        for _ in range(self._dice.randrange(4)):
            self._append()

    def _append(self):
        self._seconds += 1
        self._record_id += 1
        if self._seconds == self._clear_after:
            self._record_id = 1
        event_id, data, cause = self._dice.choice(KINDS)
        line = event_line(event_id, self._record_id,
                          START + datetime.timedelta(seconds=self._seconds), data).encode()
        middle = self._dice.randrange(len(line))
        self._file.write(line[:middle])  # the agent may read, or be killed, between the two
        self._file.write(line[middle:])
        self.counts[event_id, cause] += 1
        if self._seconds == self._rotate_after:
            self._file.close()
            self.path.rename(self.path.with_suffix('.1'))
            self._file = open(self.path, 'wb', buffering=0)

    def close(self):
        self._file.close()


class Victim:
    """One agent's folder: its logs, and the agent, which is started and killed repeatedly."""

    def __init__(self, folder, seed):
        self.folder = folder
        self.dice = random.Random(seed)
        self.logs = [Log(folder / f'log{i}.jsonl', random.Random(f'{seed} {i}'))
                     for i in range(NETWORKS)]
        self.config = folder / 'cal_exporter.yml'
        self.config.write_text(json.dumps({'networks': [
            {'name': f'n{i}', 'probes': {'activation_events': {
                'source': {'jsonl': str(log.path)}, 'interval': '1s', 'timeout': '1s'}}}
            for i, log in enumerate(self.logs)]}))
        self.arguments = ('--state.dir', str(folder / 'state'))
        self._grown = threading.Event()

    def begin(self):
        """Waits until the agent has seen each log: it would not know of a log that was rotated before."""
        agent = self.start()
        settled(agent)
        agent.stop()

    def start(self):
        return Agent(self.config, self.folder / 'agent.log', kind='activation_events',
                     arguments=self.arguments)

    def kill_often(self, times):
        self.begin()
        writer = threading.Thread(target=self._grow_until_told)
        writer.start()
        try:
            for _ in range(times):
                self._live_and_be_killed()
        finally:
            self._grown.set()
            writer.join()
            for log in self.logs:
                log.close()

    def _grow_until_told(self):
        while not self._grown.wait(0.02):
            for log in self.logs:
                log.grow()

    def _live_and_be_killed(self):
        with subprocess.Popen(
                [binary(), 'serve', '--config.file', str(self.config), *self.arguments,
                 '--web.listen-address', '127.0.0.1:0'],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL) as process:
            time.sleep(self.dice.uniform(0, LONGEST_LIFE))
            process.send_signal(signal.SIGKILL)
            if process.wait() != -signal.SIGKILL:
                raise AssertionError(f'the agent ended by itself with {process.returncode}')


class EventsKilled(unittest.TestCase):
    def test_no_event_is_lost_or_counted_twice(self):
        seed = os.environ.get('CAL_EXPORTER_SEED') or str(random.SystemRandom().randrange(10**9))
        with tempfile.TemporaryDirectory() as scratch, self.subTest(seed=seed):
            victims = []
            for i in range(AGENTS):
                folder = pathlib.Path(scratch) / str(i)
                folder.mkdir()
                victims.append(Victim(folder, f'{seed} {i}'))
            threads = [threading.Thread(target=victim.kill_often, args=[KILLS // AGENTS])
                       for victim in victims]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for victim in victims:
                self.assert_counted_once(victim)

    def assert_counted_once(self, victim):
        agent = victim.start()
        self.addCleanup(agent.stop)
        metrics = settled(agent)
        for i, log in enumerate(victim.logs):
            counted = {(int(labels['event_id']), labels['cause']): int(value)
                       for labels, value in metrics.samples('cal_license_events_total')
                       if labels['network'] == f'n{i}' and value > 0}
            self.assertEqual(dict(log.counts), counted, f'n{i}')
            self.assertEqual(0, metrics.value('cal_events_gap_total', network=f'n{i}'))
            self.assertEqual(0, metrics.value('cal_events_unparsed_total', network=f'n{i}'))


if __name__ == '__main__':
    unittest.main()
