"""Debian's Chromium, driven through its DevTools protocol
(https://chromedevtools.github.io/devtools-protocol/)."""

import base64
import functools
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.request

import websocket

AXE = pathlib.Path(__file__).parent / 'node_modules' / 'axe-core' / 'axe.min.js'
PATIENCE = 60
_KEYS = {'Tab': 9}


class BrowserError(Exception):
    """A message with the problem and its solution."""


class Browser:
    """A headless Chromium with its own profile, from construction until close()."""

    def __init__(self):
        if shutil.which('chromium') is None:
            raise BrowserError('chromium is missing: install config/dependencies/browser.txt')
        self._profile = tempfile.TemporaryDirectory(prefix='cal-browser-', ignore_cleanup_errors=True)
        self._log = open(pathlib.Path(self._profile.name) / 'log', 'w+b')
        self._process = subprocess.Popen(
            ['chromium', '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
             '--no-first-run', '--disable-background-networking', '--disable-component-update',
             '--disable-sync', '--hide-scrollbars', '--remote-debugging-port=0',
             f'--user-data-dir={self._profile.name}', 'about:blank'],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, start_new_session=True)
        self._port = self._debugging_port()

    def _debugging_port(self):
        file = pathlib.Path(self._profile.name) / 'DevToolsActivePort'
        deadline = time.monotonic() + PATIENCE
        while not (file.exists() and file.read_text().count('\n')):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._log.seek(0)
                raise BrowserError(f'chromium does not start:\n{self._log.read().decode()[-2000:]}')
            time.sleep(0.05)
        return int(file.read_text().split('\n')[0])

    def new_page(self):
        request = urllib.request.Request(f'http://127.0.0.1:{self._port}/json/new?about:blank',
                                         method='PUT')
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return Page(json.load(answer)['webSocketDebuggerUrl'])

    def close(self):
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
        self._profile.cleanup()


class Page:
    """A tab. `problems` are errors and warnings in its console, exceptions, dialogs and blocked
    loads since the last open(); `requested` the URLs that it asked for."""

    def __init__(self, url):
        self._socket = websocket.create_connection(url, timeout=PATIENCE, suppress_origin=True)
        self._last_id = 0
        self._loaded = False
        self.problems = []
        self.requested = []
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.call(f'{domain}.enable')

    def close(self):
        self.call('Page.close')
        self._socket.close()

    def call(self, method, **parameters):
        self._last_id += 1
        self._socket.send(json.dumps({'id': self._last_id, 'method': method, 'params': parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get('id') == self._last_id:
                if 'error' in message:
                    raise BrowserError(f'{method}: {message["error"]["message"]}')
                return message['result']
            self._note(message)

    def _note(self, message):
        event, seen = message.get('method'), message.get('params', {})
        if event == 'Page.loadEventFired':
            self._loaded = True
        elif event == 'Network.requestWillBeSent':
            self.requested.append(seen['request']['url'])
        elif event == 'Log.entryAdded' and seen['entry']['level'] in ('warning', 'error'):
            self.problems.append(f"{seen['entry']['text']} {seen['entry'].get('url', '')}".rstrip())
        elif event == 'Runtime.consoleAPICalled' and seen['type'] in ('warning', 'error', 'assert'):
            self.problems.append(str(seen['args']))
        elif event == 'Runtime.exceptionThrown':
            self.problems.append(str(seen['exceptionDetails']))
        elif event == 'Page.javascriptDialogOpening':
            self.problems.append(f'dialog: {seen["message"]}')

    def open(self, url, width=1280, height=900, dark=False):
        """Opens a URL and waits until the page and its resources are loaded."""
        self.problems, self.requested, self._loaded = [], [], False
        self.show_at(width, height, dark)
        failed = self.call('Page.navigate', url=url).get('errorText')
        if failed:
            raise BrowserError(f'open {url}: {failed}')
        self._wait_until_loaded()

    def show_at(self, width, height, dark):
        """Shows what is open on another screen, or in other colors."""
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)
        self.call('Emulation.setEmulatedMedia', features=[
            {'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}])

    def follow(self, expression):
        """Evaluates JavaScript that opens another page, and waits until it is loaded."""
        self._loaded = False
        self.evaluate(expression)
        self._wait_until_loaded()

    def _wait_until_loaded(self):
        while not self._loaded:
            self._note(json.loads(self._socket.recv()))

    def evaluate(self, expression):
        """The value of a JavaScript expression; for a promise, its result."""
        done = self.call('Runtime.evaluate', expression=expression, awaitPromise=True,
                         returnByValue=True)
        if 'exceptionDetails' in done:
            raise BrowserError(f'{expression[:80]}: {done["exceptionDetails"]}')
        return done['result'].get('value')

    def press(self, key):
        for kind in ('keyDown', 'keyUp'):
            self.call('Input.dispatchKeyEvent', type=kind, key=key, code=key,
                      windowsVirtualKeyCode=_KEYS[key])

    def is_dark(self):
        """Whether the text is lighter than its background."""
        return self.evaluate('''(() => {
            const sum = color => color.match(/[0-9]+/g).slice(0, 3)
                .reduce((all, each) => all + Number(each), 0);
            const style = getComputedStyle(document.body);
            return sum(style.color) > sum(style.backgroundColor);
        })()''')

    def text(self):
        return self.evaluate('document.body.innerText')

    def violations(self):
        """axe-core's violations: one line per element that breaks a rule."""
        if not self.evaluate('"axe" in window'):
            self.evaluate(_axe())
        found = self.evaluate('axe.run(document, {resultTypes: ["violations"]})'
                              '.then(all => all.violations)')
        return [f'{rule["id"]}: {rule["help"]}: {element["html"][:200]} {element["failureSummary"]}'
                for rule in found for element in rule['nodes']]

    def screenshot(self, file, whole_page=False):
        picture = self.call('Page.captureScreenshot', format='png',
                            captureBeyondViewport=whole_page)
        pathlib.Path(file).write_bytes(base64.b64decode(picture['data']))


@functools.cache
def _axe():
    if not AXE.exists():
        raise BrowserError(f'there is no {AXE}; `npm ci` in {AXE.parents[2]} fetches it')
    return AXE.read_text()
