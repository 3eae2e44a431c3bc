"""config/prometheus/many_sites.yml on real servers: an agent that requires TLS, a password and a client certificate,
discovered by the file of its site; and a storage that accepts remote write, which is another Prometheus."""

import json
import shutil

import yaml

from lab import monitoring
from lab.agent import wait_until
from lab.notifying import CONFIG, RULES

from .web import PASSWORD, USER, WebCase, bcrypt

STORE = '127.0.0.1:9096'


class ManySites(WebCase):
    def setUp(self):
        super().setUp()
        client = self.authority.issue('prometheus', 'DNS:prometheus', usage='clientAuth')
        self.start(tls={'client_auth_type': 'RequireAndVerifyClientCert',
                        'client_ca_file': str(self.authority.certificate)},
                   users={USER: bcrypt(PASSWORD)}, client=client)
        self.folder = self.scratch / 'etc'
        for name in ('tls', 'rules', 'sites'):
            (self.folder / name).mkdir(parents=True)
        shutil.copy(self.authority.certificate, self.folder / 'tls/ca.pem')
        shutil.copy(client[0], self.folder / 'tls/prometheus.pem')
        shutil.copy(client[1], self.folder / 'tls/prometheus.key')
        (self.folder / 'tls/password').write_text(PASSWORD)
        (self.folder / 'tls/store-password').touch()
        for rules in RULES:
            shutil.copy(rules, self.folder / 'rules')
        shutil.copy(CONFIG / 'prometheus/roster.yml', self.folder)

    def start_engines(self):
        """The shipped configuration, with shorter intervals and our storage."""
        (self.scratch / 'store').mkdir()
        store = monitoring.Prometheus(self.scratch / 'store', STORE)
        self.addCleanup(store.stop)
        store.start('{}', '--web.enable-remote-write-receiver')
        shipped = yaml.safe_load((CONFIG / 'prometheus/many_sites.yml').read_text())
        shipped['global'] |= {'scrape_interval': '1s', 'evaluation_interval': '1s'}
        shipped['remote_write'][0]['url'] = f'{store.url}/api/v1/write'
        del shipped['alerting']
        prometheus = monitoring.Prometheus(self.folder)
        self.addCleanup(prometheus.stop)
        prometheus.start(yaml.safe_dump(shipped))
        return prometheus, store

    def test_a_site_is_discovered_by_its_file_and_its_samples_reach_the_storage(self):
        prometheus, store = self.start_engines()
        self.assertEqual([], prometheus.query('up'))
        address = self.agent.url.removeprefix('https://')
        (self.folder / 'sites/berlin.yml').write_text(
            json.dumps([{'targets': [address], 'labels': {'site': 'berlin'}}]))
        target = wait_until('the site is scraped', lambda: prometheus.target('cal_exporter'))
        self.assertEqual(('up', 'berlin'), (target['health'], target['labels']['site']), target)
        for series in ('cal_probe_verdict{network="ebs"}', 'up',
                       'network_probe:cal_probe_blind:seconds'):
            stored = wait_until(f'the store has {series}', lambda: store.query(series))
            self.assertEqual(('north', 'berlin'), (stored[0]['metric']['region'],
                                                   stored[0]['metric']['site']))
        self.assertEqual([], store.query('scrape_duration_seconds'))
