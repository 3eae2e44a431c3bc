"""Two agents on one network (high availability): one alert, one notification, and no doubled count."""

import json
import pathlib
import tempfile
import unittest

from lab.agent import Agent, wait_until
from lab.event_lines import EventLog
from lab.notifying import Notifying

KIND = 'activation_events'
FAILED, ACTIVATED = 5, 4
PATIENCE = 120
QUIET_SECONDS = 8  # of Prometheus' time: several intervals of the rules and of the group


class TwoAgents(unittest.TestCase):
    def setUp(self):
        super().setUp()
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.events = EventLog(self.folder)
        self.events.begin()
        configuration = self.folder / 'cal_exporter.yml'
        configuration.write_text(json.dumps({'networks': [{'name': 'ebs', 'probes': {KIND: {
            'source': {'jsonl': 'events.jsonl'}, 'interval': '1s', 'timeout': '1s'}}}]}))
        self.agents = [Agent(configuration, self.folder / f'{name}.log', kind=KIND,
                             arguments=['--state.dir', str(self.folder / name)])
                       for name in ('one', 'two')]
        self.running = list(self.agents)
        self.addCleanup(lambda: [each.stop() for each in self.running])
        self.notifying = Notifying(self.folder / 'notifying',
                                   [each.url.partition('//')[2] for each in self.agents])
        self.addCleanup(self.notifying.stop)
        self.notifying.start()
        self.wait('both agents are scraped', lambda: self.value('count(cal_probe_runs_total)') == 2)

    def value(self, expression):
        return self.notifying.prometheus.value(expression)

    def wait(self, what, condition):
        return wait_until(what, condition, PATIENCE, lambda: '\n'.join(map(str, self.told())))

    def told(self):
        """What arrived about the network."""
        return [each for each in self.notifying.phone.notifications() if each.network]

    def statuses(self):
        return [each.status for each in self.told()]

    def wait_quietly(self):
        end = self.value('vector(time())') + QUIET_SECONDS
        self.wait('time passes', lambda: self.value('vector(time())') > end)

    def test_a_fault_notifies_once_although_both_agents_see_it_and_one_stops(self):
        self.events.append(FAILED, '0x80004005', 'x')
        self.wait('the fault is notified', self.told)
        both = 'count(cal_activation_failing == 1)'
        self.wait('both agents see it', lambda: self.value(both) == 2)
        self.wait_quietly()
        self.assertEqual(['firing'], self.statuses())

        for alert in self.notifying.prometheus.alerts():
            if 'network' in alert['labels']:
                self.assertNotIn('instance', alert['labels'])
        counted = f'cal_license_events_total{{event_id="{FAILED}"}} > 0'
        self.assertEqual(2, self.value(f'sum({counted})'))
        self.assertEqual(1, self.value(f'max by (network) (sum without (cause) ({counted}))'))

        self.running.remove(self.agents[1])
        self.agents[1].stop()
        self.wait('one agent is down', lambda: self.value('count(up{job="cal_exporter"} == 0)') == 1)
        self.wait_quietly()
        self.assertEqual(['firing'], self.statuses())

        self.events.append(ACTIVATED)
        self.wait('the end is notified', lambda: 'resolved' in self.statuses())
        self.wait_quietly()
        self.assertEqual(['firing', 'resolved'], self.statuses())


if __name__ == '__main__':
    unittest.main()
