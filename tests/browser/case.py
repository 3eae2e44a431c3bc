"""The base of these tests: the lab as `./run up` starts it, its agent, and a shared browser."""

import atexit
import functools

from lab import agent
from lab.agent import wait_until
from lab.lab_on_disk import LabOnDisk

from .browser import Browser

# A phone, a laptop, a wall screen: width, height, and whether dark. What is wide enough does not depend on the colors.
VIEWS = [(360, 800, True), (1280, 900, False), (1920, 1080, True)]


@functools.cache
def browser():
    started = Browser()
    atexit.register(started.close)
    return started


class PageChecks:
    """For a TestCase whose agent is `self.agent`."""

    def open_tab(self):
        self.page = browser().new_page()
        self.addCleanup(self.page.close)

    def assert_in_order(self, path, *words):
        """Checks the page in every view: no errors in the console, no requests to other hosts, and with everything
        expanded no horizontal scrolling, no accessibility violations, and the words are visible."""
        self.page.open(self.agent.url + path, *VIEWS[0])
        self.page.evaluate('for (const each of document.querySelectorAll("details"))'
                           ' each.open = true')
        self.assertEqual([], [url for url in self.page.requested if not
                              url.startswith((self.agent.url + '/', 'data:'))])
        for width, height, dark in VIEWS:
            with self.subTest(path=path, width=width, dark=dark):
                self.page.show_at(width, height, dark)
                self.assertLessEqual(
                    self.page.evaluate('document.documentElement.scrollWidth'), width)
                self.assertEqual(dark, self.page.is_dark())
                self.assertEqual([], self.page.violations())
                for word in words:
                    self.assertIn(word, self.page.text())
        self.assertEqual([], self.page.problems)

    def wait_for_text(self, text, patience=90):
        return wait_until(f'the page says {text!r}', lambda: text in self.page.text(), patience,
                          lambda: self.page.text()[:2000])


class BrowserCase(PageChecks, LabOnDisk):
    def setUp(self):
        super().setUp()
        self.start_agent()
        self.open_tab()

    def start_agent(self):
        """Starts an agent and waits until every probe has run. It is stopped at the end of the test,
        unless the test has stopped it."""
        self.agent = agent.Agent(self.configuration, self.scratch / 'agent.log',
                                 arguments=['--state.dir', str(self.scratch / 'state')])
        self.addCleanup(self.agent.stop)
        wait_until('every probe ran', lambda: self.agent.get('/-/ready')[0] == 200)
