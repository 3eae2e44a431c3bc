"""Sends every query of every panel to a real Prometheus that scrapes a lab's agent: none may be rejected, and
none may have an empty result in its scenario."""

import json
import pathlib
import re
import time

from lab.agent import wait_until
from lab.case import LabCase
from lab.faults import break_probe, fix_probe
from lab.running import RunningLab

from .case import (ANY, CAUSE, FAILED, FARM, PATIENCE, REFUSING_FROM, SESSION_HOSTS, SUCCEEDED, EbsCase,
                   Scraped)

# A Remote Desktop network has no installation history and no product key.
EBS_ONLY = {'Next pack', 'Packs installed twice', 'History entries'}


class Ebs(EbsCase):
    def test_a_network_from_healthy_to_failed_and_back(self):
        self.assert_shown({ANY})
        self.assertEqual(0, self.overview.value('With a cause'))
        self.assertEqual(set(), self.overview.choices()['troubled'])
        self.assertEqual({'job': {'cal_exporter'}, 'network': {'ebs'}, 'site': {'berlin'},
                          'instance': {self.agent.url.removeprefix('http://')},
                          'agent_url': {'https://cal.example.com/x'}}, self.network.choices())

        self.break_it('directory_permissions')
        self.wait_for_cause('directory_not_writable')
        self.assertEqual(1, self.overview.value('With a cause'))
        self.assert_shown({ANY, CAUSE})
        self.assertEqual({'ebs'}, self.overview.choices()['troubled'])

        self.lab.events.append(5, '0xcfff1208')
        self.wait_for_cause('pack_already_installed')
        self.wait_for(self.network, 'Activation', 1)
        self.assert_shown({ANY, FAILED})
        self.assertEqual(3, self.network.value('Certainty'))

        fix_probe(self.dc, 'directory_permissions')
        self.lab.events.append(4)
        self.wait_for_cause('none')
        self.assert_shown({ANY, FAILED, SUCCEEDED})
        marks = {'Alerts': 0, 'Failed activations': 1, 'Successful activations': 1, 'Reloads': 1}
        wait_until('activations are marked', lambda: self.network.annotations() == marks, PATIENCE)
        self.assertEqual({'Starts': 1, 'Reloads': 1}, self.own.annotations())
        self.assertEqual({'Alerts': 0, 'Failed activations': 1}, self.overview.annotations())

    def test_the_links_lead_to_pages_of_the_agent(self):
        paths = self.network.links_to_the_agent() | self.own.links_to_the_agent()
        self.assertEqual({'/', '/config', '/?search=ebs', '/probes/ebs/internet_connectivity',
                          '/runbooks/internet_connectivity'}, paths)
        for path in paths:
            self.assertEqual(200, self.agent.get(path)[0], path)


class RemoteDesktop(Scraped, LabCase):
    def setUp(self):
        super().setUp()
        lab = RunningLab(self.dc.folder)
        fix_probe(self.dc, 'internet_connectivity')  # starts the activation service
        self.addCleanup(break_probe, self.dc, 'internet_connectivity', 'down')
        hosts = self.scratch / 'hosts.json'
        hosts.write_text(json.dumps([{'computer': 'rdsh1', 'licensing_type': 4, 'days_left': 90}]))
        configuration = pathlib.Path(lab.lab_configuration('rds'))
        packs = pathlib.Path(self.dc.folder) / 'key_packs.json'
        ends = time.strftime('%Y-%m-%dT00:00:00Z', time.gmtime(time.time() + 40 * 86400))
        packs.write_text(packs.read_text().replace('2038-01-01T00:00:00Z', ends))
        # The session hosts of license_compliance: it does not judge them beside session_host_licensing.
        text = re.sub(r' +session_host_licensing:\n(?: {8}.*\n)+', '', configuration.read_text())
        self.assertIn('directory_users: true', text)
        configuration.write_text(text.replace(
            'directory_users: true', f"directory_users: true\n        session_hosts_file: '{hosts}'"))
        self.serve_and_scrape('rds', configuration)

    def test_a_healthy_network(self):
        self.assert_shown({ANY, SESSION_HOSTS}, but=EBS_ONLY)
        self.assertEqual({self.agent.url}, self.network.choices()['agent_url'])


class Farm(Scraped, LabCase):
    def setUp(self):
        super().setUp()
        fix_probe(self.dc, 'internet_connectivity')  # starts the activation service
        self.addCleanup(break_probe, self.dc, 'internet_connectivity', 'down')
        self.serve_and_scrape('rds', pathlib.Path(RunningLab(self.dc.folder).lab_configuration('rds')))

    def test_a_farm_whose_hosts_will_refuse_users(self):
        self.assert_shown({FARM})
        self.wait_for(self.farm, 'Refuse users', 0)
        self.addCleanup(fix_probe, self.dc, 'session_host_licensing', 'rds')
        break_probe(self.dc, 'session_host_licensing', 'mode', 'rds')
        self.assert_shown({FARM, REFUSING_FROM})
        break_probe(self.dc, 'session_host_licensing', 'mode-expired', 'rds')
        self.wait_for(self.farm, 'Refuse users', 2)
