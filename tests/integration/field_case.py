"""Files like those that people have, each in a configuration of its own, and what `check` says of it at a
fixed time."""

import datetime
import json
import os
import pathlib
import shutil
import tempfile
import unittest

from lab import agent
from lab.clock import another_clock

DATA = pathlib.Path(__file__).parent.parent / 'data'
NOW = datetime.datetime(2026, 11, 26, 12, tzinfo=datetime.timezone.utc)
CLOCK = another_clock(FAKETIME='@2026-11-26 12:00:00', TZ='UTC')


class FieldCase(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def copy(self, name, to=None):
        """A file of tests/data, last written an hour ago."""
        file = self.folder / (to or pathlib.Path(name).name)
        shutil.copyfile(DATA / name, file)
        return self.written_an_hour_ago(file)

    def write(self, name, content):
        file = self.folder / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self.written_an_hour_ago(file)

    @staticmethod
    def written_an_hour_ago(file):
        os.utime(file, (NOW.timestamp() - 3600,) * 2)
        return file

    def check(self, kind, **options):
        config = self.folder / 'cal_exporter.yml'
        config.write_text(json.dumps({'networks': [{'name': 'field', 'probes': {
            kind: {'max_age': '3650d', **options}}}]}))
        return agent.check(config, CLOCK)

    def events(self, file, source='jsonl'):
        return self.check('activation_events', source={source: str(file)}, failure_window='365d')

    def assert_answer(self, found, verdict, reason, *words):
        self.assertEqual((verdict, reason), (found.verdict, found.reason), str(found))
        for word in words:
            self.assertIn(word, str(found))
