"""The container image: what is in it, and that it runs without rights on a read-only root."""

import json
import os
import pathlib
import re
import signal
import subprocess
import urllib.request

from lab.agent import wait_until

from .image_case import PORT, Image, ImageCase, make_image

LARGEST = 20_000_000


class ImageContents(ImageCase):
    def test_two_builds_give_the_same_bytes(self):
        again = make_image(self.folder, 'again')
        done = subprocess.run(['diff', '--recursive', self.layout, again], capture_output=True, text=True)
        self.assertEqual((0, ''), (done.returncode, done.stdout))

    def test_it_is_small(self):
        self.assertLess(len(self.image.layer), LARGEST)

    def test_it_has_certificates_time_zones_and_kerberos(self):
        names = {member.name for member in self.image.members()}
        for wanted in ('etc/ssl/certs/ca-certificates.crt', 'usr/share/zoneinfo/Europe/Berlin'):
            self.assertIn(wanted, names)
        self.assertTrue([name for name in names if name.endswith('/sasl2/libgssapiv2.so.2')])

    def test_nothing_in_it_gives_rights_and_only_the_state_is_the_users(self):
        owned = []
        for member in self.image.members():
            self.assertFalse(member.mode & 0o7022, member.name)
            if (member.uid, member.gid) != (0, 0):
                owned.append(member.name)
        self.assertEqual(['var/lib/cal_exporter'], owned)

    def test_every_file_is_listed(self):
        listed = re.findall(r'^  \d+ [0-9a-f]{64} /(.*)$',
                            self.image.text('usr/share/doc/cal-exporter/image.txt'), re.MULTILINE)
        files = [member.name for member in self.image.members() if member.isfile()]
        self.assertEqual(sorted(set(files) - {'usr/share/doc/cal-exporter/image.txt'}), sorted(listed))

    def test_skopeo_takes_it_and_makes_an_archive_for_docker(self):
        archive = self.folder / 'docker.tar'
        done = subprocess.run(['skopeo', '--insecure-policy', 'copy', f'oci:{self.layout}',
                               f'docker-archive:{archive}:cal_exporter:test'],
                              capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stderr)
        shown = subprocess.run(['skopeo', 'inspect', f'docker-archive:{archive}'],
                               capture_output=True, text=True, check=True)
        self.assertEqual('linux', json.loads(shown.stdout)['Os'])
        raw = subprocess.run(['skopeo', 'inspect', '--config', '--raw', f'docker-archive:{archive}'],
                             capture_output=True, text=True, check=True)
        self.assertEqual(self.image.configuration['config']['Healthcheck'],
                         json.loads(raw.stdout)['config']['Healthcheck'])


class Containers(ImageCase):
    def setUp(self):
        super().setUp()
        self.write('''
networks:
  - name: ebs
    probes:
      internet_connectivity: { endpoints: [{ url: "http://127.0.0.1:1/" }], interval: 1s, timeout: 1s }
''')

    def write(self, text):
        (self.folder / 'configuration/cal_exporter.yml').write_text(text)

    def run_to_its_end(self, *arguments):
        process = self.start(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        text, _ = process.communicate(timeout=60)
        return process.returncode, text

    def test_it_is_scraped_and_ends_on_sigterm(self):
        log = self.folder / 'log'
        with open(log, 'w', encoding='utf-8') as opened:
            process = self.start(stdout=opened, stderr=subprocess.STDOUT)
        self.addCleanup(lambda: process.poll() is None and process.kill())

        def scraped():
            self.assertIsNone(process.poll(), log.read_text())
            try:
                with urllib.request.urlopen(f'http://127.0.0.1:{PORT}/metrics', timeout=5) as answer:
                    return answer.read().decode()
            except OSError:
                return None
        metrics = wait_until('the container is scraped', scraped)
        self.assertIn('cal_probe_verdict{', metrics)
        self.assertEqual((0, 'the agent works\n'), self.health())
        self.assertEqual(['65532'] * 4, self.status_of(process, 'Uid'))
        self.assertEqual(['0000000000000000'], self.status_of(process, 'CapEff'))
        os.kill(self.inner(process), signal.SIGTERM)
        self.assertEqual(0, process.wait(30), log.read_text())
        self.assertEqual(1, self.health()[0])
        self.assertNotIn('level=error', log.read_text())

    def health(self):
        """The image's health check, in another container on the same network."""
        kind, program, *arguments = self.image.configuration['config']['Healthcheck']['Test']
        self.assertEqual(['CMD', *self.image.configuration['config']['Entrypoint']], [kind, program])
        return self.run_to_its_end(*arguments)

    @staticmethod
    def inner(runtime):
        """The agent's process: the child of bubblewrap."""
        [pid] = pathlib.Path(f'/proc/{runtime.pid}/task/{runtime.pid}/children').read_text().split()
        return int(pid)

    def status_of(self, runtime, key):
        """The words of a line of /proc/PID/status of the agent's process."""
        status = pathlib.Path(f'/proc/{self.inner(runtime)}/status').read_text()
        return re.search(rf'^{key}:\s+(.*)$', status, re.MULTILINE)[1].split()

    def test_a_configuration_with_an_error_ends_it_with_the_line(self):
        self.write('networks: [{ name: ebs, probe: {} }]')
        code, text = self.run_to_its_end('--config.check')
        self.assertEqual(2, code, text)
        self.assertIn('cal_exporter.yml:1:', text)

    def test_a_root_that_cannot_be_written_is_no_obstacle_to_a_check(self):
        code, text = self.run_to_its_end('check')
        self.assertEqual(1, code, text)
        self.assertIn('internet_connectivity: possible cause (tcp_refused)', text)
