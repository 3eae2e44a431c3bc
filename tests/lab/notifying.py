"""From the agent's page to the phone: Prometheus with the rules, Alertmanager with the routes, and the phone,
all with the configuration that the project ships, but with shorter intervals."""

import os
import pathlib
import re
import shutil

import yaml

from . import monitoring, phone

PROJECT = pathlib.Path(__file__).parents[2]
CONFIG = PROJECT / 'config'
RULES = sorted((PROJECT / 'dashboards/rules').glob('cal_*.yml'))


class Notifying:
    """`agent` is the address of the agent to scrape, or a list of several. `folder` is for this object only."""

    def __init__(self, folder, agent, prometheus=monitoring.PROMETHEUS_ADDRESS,
                 alertmanager=monitoring.ALERTMANAGER_ADDRESS, phone_address=phone.ADDRESS):
        self.folder = pathlib.Path(folder)
        self._agents = [agent] if isinstance(agent, str) else agent
        self.prometheus = monitoring.Prometheus(self.folder, prometheus)
        self.alertmanager = monitoring.Alertmanager(self.folder, alertmanager)
        self.phone = phone.Phone(self.folder, phone_address)

    def start(self, **popen_options):
        """Returns when all are ready. They start without data from an earlier session: otherwise
        notifications that were sent then would not be repeated."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        if 'user' in popen_options:
            os.chown(self.folder, popen_options['user'], popen_options['group'])
        (self.folder / 'rules').mkdir(exist_ok=True)
        for rules in RULES:
            (self.folder / 'rules' / rules.name).write_text(
                _replaced(rules.read_text(), {r'\bfor: \w+': 'for: 2s'}))
        self.phone.start(**popen_options)
        self.alertmanager.start(self._alertmanager_configuration(), **popen_options)
        self.prometheus.start(self._prometheus_configuration(), **popen_options)

    def running(self):
        return all(each.running() for each in (self.prometheus, self.alertmanager, self.phone))

    def stop(self):
        """Returns the names of the programs that were running."""
        return [name for name, each in (('Prometheus', self.prometheus),
                                        ('Alertmanager', self.alertmanager),
                                        ('the phone', self.phone)) if each.stop()]

    def _prometheus_configuration(self):
        return _replaced((CONFIG / 'prometheus/prometheus.yml').read_text(), {
            r'scrape_interval: \w+': 'scrape_interval: 1s',
            r'evaluation_interval: \w+': 'evaluation_interval: 1s',
            'localhost:10105': "', '".join(self._agents),
            'localhost:9090': self.prometheus.address,
            'localhost:9093': self.alertmanager.address})

    def _alertmanager_configuration(self):
        """The shipped routes and inhibition rules; every receiver is the phone, except that of the alert
        that always fires, which nobody reads."""
        shipped = yaml.safe_load((CONFIG / 'alertmanager/alertmanager.yml').read_text())
        route = {**shipped['route'], 'group_wait': '1s', 'group_interval': '2s'}
        return yaml.safe_dump({
            'route': route, 'inhibit_rules': shipped['inhibit_rules'],
            'receivers': [{'name': receiver['name'],
                           'webhook_configs': [{'url': self.phone.url, 'send_resolved': True}]
                           if receiver['name'] != 'dead_mans_switch' else []}
                          for receiver in shipped['receivers']]})


def _replaced(text, replacements):
    """Replaces a pattern that must exist; otherwise the lab would not use its own intervals."""
    for pattern, new in replacements.items():
        text, count = re.subn(pattern, new, text)
        if not count:
            raise ValueError(f'nothing to replace: {pattern}')
    return text
