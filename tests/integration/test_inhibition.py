"""Who silences whom, asked of a real Alertmanager with the shipped configuration: every alert is tried against the
warnings of its own network, of another network, and of networks of the same name at another site."""

import pathlib
import re

from integration.alertmanager_case import AlertmanagerCase, alert, shipped_alerts
from lab.agent import wait_until

README = pathlib.Path(__file__).parents[2] / 'dashboards/rules/README.md'
CAUSES = {'CalAccountNotAdministrator', 'CalPackAlreadyInstalled', 'CalInternetUnreachable',
          'CalDirectoryNotWritable'}
SILENCING = {(name, 'critical') for name in CAUSES | {'CalActivationFailing'}}


class Inhibition(AlertmanagerCase):
    def inhibited(self):
        return [each['labels'] for each in self.alertmanager.alerts()
                if each['status']['inhibitedBy']]

    def test_a_failed_activation_silences_the_warnings_about_causes_of_its_own_network_only(self):
        places = {}
        alerts = []
        for number, source in enumerate(shipped_alerts()):
            site, network = f'site{number}', f'network{number}'
            places[site, network] = source
            alerts.append(alert(*source, site=site, network=network))
            for where in ({'site': site, 'network': network}, {'site': site, 'network': 'another'},
                          {'site': 'another', 'network': network}, {'network': network},
                          {'site': site}):
                alerts += [alert(name, severity, probe='target', **where)
                           for name, severity in shipped_alerts() if severity != 'critical']
        self.post(*alerts)
        self.assertEqual(len(alerts), len(self.alertmanager.alerts()))
        expected = {source: {(name, 'warning') for name in CAUSES} for source in SILENCING}

        def found():
            by_source = {}
            for labels in self.inhibited():
                source = places[labels.get('site'), labels.get('network')]  # no other place
                by_source.setdefault(source, set()).add((labels['alertname'], labels['severity']))
            return by_source

        # It learns of the sources a moment after it has accepted them.
        wait_until('they are inhibited', lambda: sum(map(len, found().values())) >=
                   sum(map(len, expected.values())))
        self.assertEqual(expected, found())

    def test_networks_without_a_site_silence_their_own(self):
        self.post(alert('CalInternetUnreachable', 'critical', network='ebs'),
                  alert('CalInternetUnreachable', network='ebs'),
                  alert('CalInternetUnreachable', network='rds'),
                  alert('CalInternetUnreachable', network='ebs', site='north'))
        wait_until('an alert is inhibited', self.inhibited)
        self.assertEqual([('ebs', None)], [(labels['network'], labels.get('site'))
                                           for labels in self.inhibited()])

    def test_the_readme_has_the_table(self):
        section = README.read_text().partition('## Who silences whom')[2]
        rows = re.findall(r'^\| (.+?) \| (.+?) \| in Alertmanager', section, re.MULTILINE)
        self.assertEqual([(CAUSES | {'CalActivationFailing'}, CAUSES)],
                         [tuple(set(re.findall(r'`(Cal\w+)`', cell)) for cell in row)
                          for row in rows])
