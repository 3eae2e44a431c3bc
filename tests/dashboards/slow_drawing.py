"""Every panel as Grafana's own components draw it in Chromium, in the light and the dark theme: none fails, and
none is empty in its scenario."""

from .case import ANY, CAUSE, CAUSES, FAILED, EbsCase, scenario_of
from .drawing import Drawing
from .files import NAMES, dashboard
from .lint import panels_of

SECONDS = 60


class Drawn(EbsCase):
    def setUp(self):
        super().setUp()
        self.drawing = Drawing(self.prometheus)
        self.addCleanup(self.drawing.close)

    def draw(self, name, dark=False):
        return self.drawing.open(name, seconds=SECONDS, network='ebs', dark=dark)

    def assert_drawn(self, scenarios):
        for name in NAMES:
            for dark in (False, True):
                with self.subTest(dashboard=name, dark=dark):
                    nothing = {panel['title']: panel['fieldConfig']['defaults'].get('noValue', 'No data')
                               for panel in panels_of(dashboard(name))}
                    self.assertEqual([], [
                        title for title, text in self.draw(name, dark).items()
                        if text.strip() == nothing[title] and scenario_of(name, title) in scenarios])

    def test_every_panel_healthy_and_with_a_failed_activation(self):
        self.assert_shown({ANY})
        self.assert_drawn({ANY})
        self.assertIn(CAUSES['none'][0], self.draw('network')['Most likely cause'])

        self.lab.events.append(5, '0xcfff1208')
        self.wait_for(self.network, 'Activation', 1)
        self.assert_shown({ANY, CAUSE, FAILED})
        self.assert_drawn({ANY, CAUSE, FAILED})
        shown = self.draw('network')
        self.assertIn(CAUSES['pack_already_installed'][0], shown['Most likely cause'])
        self.assertIn('✗ failing', shown['Activation'])
        self.assertIn('activation_failed', shown['Probes: verdict and reason'])
        self.assertIn('certain', self.draw('overview')['Networks, most certain cause first'])
