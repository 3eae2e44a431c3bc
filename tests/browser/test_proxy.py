"""The pages behind a real nginx below a path: links, script, style and API, whether the proxy removes
the path or not."""

import json
import pathlib
import socket
import subprocess
import tempfile
import unittest
import urllib.parse
import urllib.request

from lab import agent
from lab.agent import wait_until

from .case import PageChecks

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder};
  proxy_temp_path {folder};
  server {{
    listen {port};
    location /cal/ {{ proxy_pass {agent}{path}; proxy_set_header Host $http_host; }}
  }}
}}
"""


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as listener:
        return listener.getsockname()[1]


class Proxy(PageChecks, unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.configuration = self.folder / 'cal_exporter.yml'
        self.configuration.write_text(json.dumps({'networks': [{'name': 'ebs', 'probes': {
            'internet_connectivity': {'interval': '3s', 'timeout': '2s', 'endpoints': ['tcp://127.0.0.1:9'],
                                      'vantage': 'same_egress'}}}]}))

    def start(self, path, *arguments):
        """`path` is what the proxy puts in the place of /cal/; empty: it forwards all as it is."""
        port = free_port()
        self.site = f'http://127.0.0.1:{port}'
        self.agent = agent.Agent(self.configuration, self.folder / 'agent.log', arguments=[
            '--state.dir', str(self.folder / 'state'), '--web.external-url', f'{self.site}/cal/',
            *arguments])
        self.addCleanup(self.agent.stop)
        file = self.folder / 'nginx.conf'
        file.write_text(CONFIGURATION.format(folder=self.folder, port=port, agent=self.agent.url,
                                             path=path))
        proxy = subprocess.Popen(['nginx', '-e', 'stderr', '-c', str(file)],
                                 stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(proxy.wait)
        self.addCleanup(proxy.terminate)
        wait_until('every probe ran', lambda: self.status('/cal/-/ready') == 200)
        self.open_tab()

    def status(self, path, method='GET', **headers):
        request = urllib.request.Request(self.site + path, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def assert_pages_work(self):
        found = []
        for path in ('/cal/', '/cal/runbooks/internet_connectivity',
                     '/cal/probes/ebs/internet_connectivity'):
            self.page.open(self.site + path)
            self.assertEqual([], self.page.problems)
            self.assertIn('internet_connectivity', self.page.text())
            self.assertIn(f'{self.site}/cal/refresh.js', self.page.requested)
            for url in self.page.requested:
                self.assertTrue(url.startswith((f'{self.site}/cal/', 'data:')), url)
            self.assertNotEqual('', self.page.evaluate(
                'getComputedStyle(document.documentElement).getPropertyValue("--text")'))
            found += self.page.evaluate('[...document.querySelectorAll("a[href], form")]'
                                        '.map(each => each.href ?? each.action)')
        own = {urllib.parse.urldefrag(url)[0] for url in found if url.startswith(self.site)}
        self.assertIn(f'{self.site}/cal/api/v1/status', own)
        for url in own:
            self.assertEqual(200, self.status(url.removeprefix(self.site)), url)
        self.assertEqual(200, self.status('/cal/-/reload', 'POST', Origin=self.site))
        self.assertEqual(403, self.status('/cal/-/reload', 'POST', Origin='http://evil.example'))

    def test_the_proxy_removes_the_path(self):
        self.start('/')
        self.assert_pages_work()

    def test_the_proxy_forwards_the_path(self):
        self.start('')
        self.assert_pages_work()
        self.assertEqual(200, self.agent.get('/metrics')[0])

    def test_the_server_answers_below_the_path_only(self):
        self.start('', '--web.route-prefix', '/cal')
        self.assert_pages_work()
        status, text = self.agent.get('/')
        self.assertEqual(404, status)
        self.assertIn('begins with /cal/', text)

    def test_the_proxy_puts_another_path(self):
        self.start('/agent/', '--web.route-prefix=/agent/')
        self.assert_pages_work()


if __name__ == '__main__':
    unittest.main()
