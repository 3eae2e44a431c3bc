"""The base of the tests that follow a fault to the phone: the lab, the agent, Prometheus and Alertmanager."""

from . import agent
from .agent import wait_until
from .lab_on_disk import LabOnDisk
from .notifying import Notifying

URL = 'https://cal.example.com'


class NotificationCase(LabOnDisk):
    PATIENCE = 120  # for a busy machine; usually it takes seconds

    def setUp(self):
        super().setUp()
        self._forgotten = 0
        self.agent = agent.Agent(
            self.configuration, self.scratch / 'agent.log', kind='activation_events',
            arguments=['--state.dir', str(self.scratch / 'state'), '--web.external-url', URL])
        self.addCleanup(lambda: self.assertEqual(0, self.agent.stop()))
        self.notifying = Notifying(self.scratch / 'notifying', self.agent.url.partition('//')[2])
        self.addCleanup(self.notifying.stop)
        self.notifying.start()
        prometheus = self.notifying.prometheus
        wait_until('Prometheus sees a healthy lab', lambda: prometheus.value(
            'cal_diagnosis_primary{cause="none"}') == 1, self.PATIENCE, self.agent.log)

    def forget(self):
        """Ignores what has arrived so far."""
        self._forgotten += len(self.notifications())

    def notifications(self):
        return self.notifying.phone.notifications()[self._forgotten:]

    def arrived(self):
        """What the phone received, as (status, severity)."""
        return [(each.status, each.severity) for each in self.notifications()]

    def wait_for(self, status, severity):
        """Waits for the first notification with this status and severity."""
        return wait_until(
            f'a notification: {status} {severity}',
            lambda: next((each for each in self.notifications()
                          if (each.status, each.severity) == (status, severity)), None),
            self.PATIENCE, self.explain)

    def explain(self):
        told = '\n'.join(map(str, self.notifications()))
        return (f'The phone got:\n{told}\nAlerts: {self.notifying.prometheus.alerts()}\n'
                f'{self.notifying.alertmanager.log()[-2000:]}\n{self.agent.log()[-3000:]}')

    def assert_told(self, notification, summary, probe, *words):
        """The notification must have one alert, with this summary, a link to the probe's runbook, and the
        words in its description."""
        self.assertEqual(1, len(notification.alerts), notification)
        self.assertEqual('ebs', notification.network)
        told = notification.alerts[0]['annotations']
        self.assertEqual(summary, told['summary'])
        self.assertEqual(f'{URL}/runbooks/{probe}?network=ebs', told['runbook_url'])
        self.assertIn('\nFirst step: ', told['description'])
        for word in words:
            self.assertIn(word, told['description'])
