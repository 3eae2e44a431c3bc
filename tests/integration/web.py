"""An agent with a web configuration, and the common part of the tests of its HTTP server."""

import atexit
import base64
import ctypes
import functools
import json
import pathlib
import secrets
import ssl
import string
import tempfile
import unittest

from lab import agent
from lab.certificates import Authority
from lab.event_lines import EventLog

USER, PASSWORD = 'prometheus', 'correct horse'


def authorization(user=USER, password=PASSWORD):
    return {'Authorization':
            'Basic ' + base64.b64encode(f'{user}:{password}'.encode()).decode()}


def bcrypt(password, cost=10):
    """A hash like htpasswd's, by the C library."""
    crypt = ctypes.CDLL('libcrypt.so.1').crypt
    crypt.restype = ctypes.c_char_p
    letters = './' + string.ascii_letters + string.digits
    salt = ''.join(secrets.choice(letters) for _ in range(21)) + 'e'  # 128 bits of 132
    return crypt(password.encode(), f'$2b${cost:02}${salt}'.encode()).decode()


@functools.cache  # of all tests in this process, since keys take a while to make
def authority():
    """A folder until the process ends, and the authority in it."""
    folder = tempfile.TemporaryDirectory(prefix='cal-web-')
    atexit.register(folder.cleanup)
    return pathlib.Path(folder.name), Authority(folder.name, 'An authority')


@functools.cache
def issue(stem, names, **options):
    """A certificate of the authority, and its key."""
    return authority()[1].issue(stem, names, **options)


class WebCase(unittest.TestCase):
    """`start()` starts an agent with one probe and the web configuration in the options."""

    @classmethod
    def setUpClass(cls):
        cls.folder, cls.authority = authority()
        cls.certificate, cls.key = issue('server', 'DNS:localhost,IP:127.0.0.1')

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=self.folder)
        self.addCleanup(folder.cleanup)
        self.scratch = pathlib.Path(folder.name)

    def start(self, tls=None, users=None, client=None):
        """`tls` has further keys of tls_server_config; `client` is the certificate that self.agent.get()
        presents."""
        EventLog(self.scratch).begin()
        configuration = self.scratch / 'cal_exporter.yml'
        configuration.write_text(json.dumps({'networks': [{'name': 'ebs', 'probes': {
            'activation_events': {'source': {'jsonl': 'events.jsonl'}, 'interval': '2s',
                                  'timeout': '1s'}}}]}))
        self.web_configuration = self.scratch / 'web-config.yml'
        self.configure_web(tls, users)
        context = None
        if tls is not None:
            context = ssl.create_default_context(cafile=str(self.authority.certificate))
            if client is not None:
                context.load_cert_chain(*client)
        self.agent = agent.Agent(
            configuration, self.scratch / 'agent.log', kind='activation_events', context=context,
            arguments=[
                '--state.dir', str(self.scratch / 'state'),
                '--web.config.file', str(self.web_configuration)])
        self.addCleanup(lambda: self.assertEqual(0, self.agent.stop()))
        agent.wait_until('the probe ran', lambda: self.agent.get(
            '/-/ready', headers=authorization())[0] == 200)

    def configure_web(self, tls=None, users=None):
        web = {}
        if tls is not None:
            web['tls_server_config'] = {'cert_file': str(self.certificate),
                                        'key_file': str(self.key), **tls}
        if users is not None:
            web['basic_auth_users'] = users
        self.web_configuration.write_text(json.dumps(web))
