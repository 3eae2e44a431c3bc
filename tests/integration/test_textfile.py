"""config/textfile: the examples are what the agent writes, and what textfile collectors take."""

import json
import pathlib
import re
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.request

from lab import agent
from lab.agent import wait_until

CONFIG = pathlib.Path(__file__).parents[2] / 'config'
EXAMPLES = sorted((CONFIG / 'textfile').glob('*.prom'))
DOCUMENTED = (CONFIG.parent / 'agent' / 'docs' / 'metrics.md').read_text()
FARM = CONFIG.parent / 'tests' / 'data' / 'farm'
CONFIGURATION = '''networks:
- name: ebs
  probes:
    license_compliance: {{inventory_file: {0}/inventory.csv}}
    pack_already_installed: {{history_file: {0}/history.csv}}
- name: rds
  probes:
    license_compliance: {{key_packs_file: {0}/packs/key_packs.json}}
    session_host_licensing: {{exports: {0}/farm}}
'''
FILES = {
    'inventory.csv': 'edition,installed,assigned\nSuite,2,1\n',
    'history.csv': 'product_key,installed_at\nAAAAA-BBBBB-CCCCC-DDDDD-EEEEE,2026-01-15T08:00:00Z\n',
    'packs/key_packs.json': json.dumps([{
        'KeyPackId': 3, 'KeyPackType': 2, 'ProductType': 1, 'ProductVersion': 'Windows Server 2019',
        'ProductVersionID': 6, 'TotalLicenses': 5, 'IssuedLicenses': 1,
        'ExpirationDate': '2034-06-03T00:00:00Z'}])}
SAMPLE = re.compile(r'(\w+)(\{.*\})? (\S+)')


def families(text):
    """{family: (its HELP, its TYPE)}"""
    helps = dict(re.findall(r'^# HELP (\w+) (.*)$', text, re.MULTILINE))
    types = dict(re.findall(r'^# TYPE (\w+) (.*)$', text, re.MULTILINE))
    return {name: (helps[name], kind) for name, kind in types.items()}


class Examples(unittest.TestCase):
    def test_promtool_accepts_them(self):
        self.assertEqual(['node_exporter.prom', 'windows_exporter.prom'],
                         [file.name for file in EXAMPLES])
        for file in EXAMPLES:
            with self.subTest(file.name):
                done = subprocess.run(['promtool', 'check', 'metrics'], input=file.read_bytes(),
                                      capture_output=True)
                self.assertEqual((0, b'', b''), (done.returncode, done.stdout, done.stderr))

    def test_their_bytes_are_those_that_windows_exporter_takes(self):
        for file in EXAMPLES:
            with self.subTest(file.name):
                content = file.read_bytes()
                self.assertFalse(content.startswith(b'\xef\xbb\xbf'))
                self.assertNotIn(b'\r', content)
                self.assertTrue(content.endswith(b'\n'))
                for line in content.decode().splitlines():
                    # No time stamp behind the value: both collectors refuse it.
                    self.assertTrue(line.startswith('# ') or SAMPLE.fullmatch(line), line)

    def test_their_families_are_those_of_the_agent(self):
        now = families(self.written())
        for file in EXAMPLES:
            for name, described in families(file.read_text()).items():
                with self.subTest(file=file.name, family=name):
                    self.assertIn(f'`{name}`', DOCUMENTED)
                    self.assertEqual(described, now.get(name))

    def written(self):
        """What the agent writes for networks like those of the examples."""
        with tempfile.TemporaryDirectory() as folder:
            top = pathlib.Path(folder)
            today = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())
            farm = {f'farm/{file.name}': re.sub('("generated_at": *")[^"]*', rf'\g<1>{today}', file.read_text())
                    for file in FARM.glob('*.json')}
            for name, text in {**FILES, **farm}.items():
                (top / name).parent.mkdir(exist_ok=True)
                (top / name).write_text(text)
            configuration = top / 'cal.yml'
            configuration.write_text(CONFIGURATION.format(folder))
            return subprocess.run(
                [agent.binary(), 'check', '--format', 'prometheus', '--config.file', configuration,
                 '--state.dir', folder], capture_output=True, text=True, timeout=60).stdout

    def test_a_real_node_exporter_serves_each(self):
        for file in EXAMPLES:
            with self.subTest(file.name), tempfile.TemporaryDirectory() as folder:
                pathlib.Path(folder, 'cal.prom').write_bytes(file.read_bytes())
                served = self.node_exporter(folder)
                self.assertIn('node_textfile_scrape_error 0\n', served)
                self.assertLessEqual(set(families(file.read_text())), set(families(served)))

    def node_exporter(self, folder):
        """Its page with only the textfile collector."""
        with socket.create_server(('127.0.0.1', 0)) as free:
            address = f'127.0.0.1:{free.getsockname()[1]}'
        process = subprocess.Popen(
            ['prometheus-node-exporter', '--collector.disable-defaults', '--collector.textfile',
             f'--collector.textfile.directory={folder}', f'--web.listen-address={address}'],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)

        def page():
            try:
                with urllib.request.urlopen(f'http://{address}/metrics') as answer:
                    return answer.read().decode()
            except OSError:
                return None
        return wait_until('node_exporter serves', page)


if __name__ == '__main__':
    unittest.main()
