"""The profile of a network: `--config.check` prints it, and a Remote Desktop network never speaks of CAL packs."""

import json
import pathlib
import subprocess
import tempfile
import unittest

from lab.agent import binary

CONFIGURATION = '''networks:
- name: north
  probes: {license_compliance: {key_packs_file: packs.json, max_age: 3650d}}
- name: farm
  profile: rds
  probes: {license_compliance: {key_packs_file: packs.json, max_age: 3650d}}
'''


def pack(total, issued):
    return {'KeyPackId': 3, 'KeyPackType': 2, 'ProductType': 0, 'ProductVersionID': 7,
            'TotalLicenses': total, 'IssuedLicenses': issued}


class Profiles(unittest.TestCase):
    def run_with(self, packs, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            config = pathlib.Path(folder) / 'cal_exporter.yml'
            config.write_text(CONFIGURATION)
            (config.parent / 'packs.json').write_text(json.dumps(packs))
            return subprocess.run([binary(), *arguments, '--config.file', str(config)],
                                  capture_output=True, text=True).stdout

    def test_config_check_prints_the_choice(self):
        self.assertIn('no errors\nprofile ebs: north\nprofile rds: farm\n',
                      self.run_with([pack(5, 1)], '--config.check'))

    def test_a_remote_desktop_network_has_no_words_of_ebs(self):
        for packs in ([pack(5, 1)], [pack(5, 5)], []):
            with self.subTest(packs):
                report = json.loads(self.run_with(packs, 'check', '--format', 'json'))
                farm = next(each for each in report['networks'] if each['network'] == 'farm')
                self.assertEqual('rds', farm['profile'])
                for word in ('EBS', 'CAL pack', '4 causes'):
                    self.assertNotIn(word, json.dumps(farm))

    def test_a_saved_report_keeps_it(self):
        report = self.run_with([pack(5, 1)], 'check', '--format', 'json')
        with tempfile.NamedTemporaryFile('w', suffix='.json') as saved:
            saved.write(report)
            saved.flush()
            said = subprocess.run([binary(), 'check', '--from', saved.name], capture_output=True,
                                  text=True).stdout
        self.assertIn('farm: No cause found; checked: license compliance.', said)

    def test_preflight_asks_what_concerns_the_network(self):
        for packs, answer in (([pack(5, 1)], 'Nothing was found.'), ([pack(5, 5)], 'This was found:'),
                              ('not a list of packs', 'Cannot tell: not everything was checked.')):
            with self.subTest(answer):
                said = self.run_with(packs, 'preflight', '--network', 'farm')
                self.assertTrue(said.startswith('Why would Remote Desktop users get no license now? ' + answer),
                                said)
                for word in ('activation', 'EBS', 'CAL pack', 'not checked: ', 'administrators'):
                    self.assertNotIn(word, said)
        for arguments in (['--network', 'north'], ['--network', 'farm', '--account', 'CORP\\admin']):
            self.assertTrue(self.run_with([pack(5, 1)], 'preflight', *arguments).startswith(
                'Would this activation work now?'), arguments)


if __name__ == '__main__':
    unittest.main()
