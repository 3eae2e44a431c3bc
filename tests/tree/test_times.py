"""Texts for people have one form of time: "2026-11-24 18:40 UTC", with or without seconds, or only the day. The
form with a T and a Z (utc_text) is for what programs read."""

import pathlib
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
STATE_FILES = {'probes/ldap/bind_holds.cpp'}


class Times(unittest.TestCase):
    def test_no_text_of_a_probe_has_the_form_for_programs(self):
        using = {str(file.relative_to(ROOT)) for file in (ROOT / 'probes').rglob('*.cpp')
                 if 'utc_text(' in file.read_text()}
        self.assertEqual(STATE_FILES, using)

    def test_no_alert_has_the_form_of_prometheus(self):
        for file in (ROOT / 'dashboards/rules').glob('*.yml'):
            self.assertNotIn('humanizeTimestamp', file.read_text(), file.name)


if __name__ == '__main__':
    unittest.main()
