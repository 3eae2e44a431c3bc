"""The dashboards as Grafana's components draw them: bundles the page, serves it on loopback, and opens it
in Chromium with data from a Prometheus."""

import functools
import http.server
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.parse

from browser.browser import Browser
from lab.agent import wait_until

from .files import DASHBOARDS, dashboard as dashboard_of

HERE = pathlib.Path(__file__).parent

_PANELS = '''[...document.querySelectorAll('[data-panel]')].map(
    each => [each.dataset.panel, each.dataset.state, each.innerText])'''


def _height(dashboard):
    """The height of a window that shows the whole dashboard: a table draws only its visible rows."""
    panels = dashboard_of(dashboard)['panels']
    return 50 + 38 * max(panel['gridPos']['y'] + panel['gridPos']['h'] for panel in panels)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Drawing:
    """The page and a browser, from construction until close()."""

    def __init__(self, prometheus):
        self._prometheus = prometheus
        self._folder = tempfile.TemporaryDirectory(prefix='cal-dashboards-')
        subprocess.run(['node', 'build.mjs', self._folder.name], cwd=HERE, check=True)
        for file in DASHBOARDS.glob('*.json'):
            shutil.copy(file, self._folder.name)
        self._server = http.server.ThreadingHTTPServer(
            ('127.0.0.1', 0), functools.partial(_Quiet, directory=self._folder.name))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._browser = Browser()
        self.page = self._browser.new_page()

    def close(self):
        self._browser.close()
        self._server.shutdown()
        self._server.server_close()
        self._folder.cleanup()

    def open(self, dashboard, *, seconds, network=None, dark=False, width=1400):
        """Draws the last `seconds`; returns {panel: its text} when every panel is drawn. A failed panel or
        an error in the browser's console is an AssertionError."""
        now = int(time.time())
        address = {'dashboard': f'{dashboard}.json', 'prometheus': self._prometheus.url,
                   'from': now - seconds, 'to': now, 'step': max(1, seconds // 400),
                   'scrapeInterval': 1, 'theme': 'dark' if dark else 'light',
                   **({'network': network} if network else {})}
        self.page.open(f'http://127.0.0.1:{self._server.server_address[1]}/index.html?'
                       + urllib.parse.urlencode(address), width, _height(dashboard), dark)
        panels = wait_until(f'{dashboard} is drawn', self._settled,
                            explain=lambda: self.page.evaluate(_PANELS))
        failed = [panel for panel in panels if panel[1] == 'failed']
        if failed or self.page.problems:
            raise AssertionError(f'{dashboard}: {failed} {self.page.problems}')
        return {title: text for title, _, text in panels}

    def crop(self, height, width=1400):
        """Shows the upper part only."""
        self.page.call('Emulation.setDeviceMetricsOverride', width=width, height=height,
                       deviceScaleFactor=1, mobile=False)

    def _settled(self):
        """The panels, once each has failed or has a text: a table draws its rows a little later."""
        panels = self.page.evaluate(_PANELS)
        done = all(state == 'failed' or state == 'drawn' and text.strip()
                   for _, state, text in panels)
        return panels if panels and done else None
