"""The common part of the rows about the web configuration: an agent that serves TLS, to users with a password and
a client certificate only."""

import functools
import json
import ssl
import tempfile
import urllib.error
import urllib.request

from integration.web import authorization, bcrypt
from lab.agent import Agent
from lab.certificates import Authority

from . import file_stage
from .expectations import Logged

REFUSED = 'reloading the web configuration failed'


@functools.cache
def files():
    """Created once per process: an authority, a server's certificate and a client's, a user's hash."""
    folder = tempfile.TemporaryDirectory(prefix='cal-web-authority-')
    authority = Authority(folder.name)
    authority.folder = folder  # until the process ends
    return (authority, authority.issue('server', 'DNS:localhost,IP:127.0.0.1'),
            authority.issue('client', 'DNS:client', usage='clientAuth'), bcrypt('correct horse'))


def refused(*words):
    return Logged(REFUSED, *words)


class WebFault(file_stage.FileFault):
    """The web configuration or one of its files is replaced; `change(row, web)` says how."""

    goes_on = 'its protection stays; ' + file_stage.FileFault.goes_on
    change = None

    def setUp(self):
        super().setUp()
        authority, (certificate, key), self.client, user_hash = files()
        self.web = self.scratch / 'web.yml'
        self.arguments = ('--web.config.file', str(self.web))
        self.pem = {}
        for name, source in (('cert_file', certificate), ('key_file', key),
                             ('client_ca_file', authority.certificate)):
            self.pem[name] = self.scratch / f'{name}.pem'
            self.pem[name].write_bytes(source.read_bytes())
        self.context = ssl.create_default_context(cafile=str(authority.certificate))
        self.context.load_cert_chain(*map(str, self.client))
        self.good = {'tls_server_config': {**{name: str(file) for name, file in self.pem.items()},
                                           'client_auth_type': 'RequireAndVerifyClientCert'},
                     'basic_auth_users': {'prometheus': user_hash}}
        self.web.write_text(json.dumps(self.good))

    def start_agent(self):
        self.configuration = self.write_configuration()
        self.agent = Agent(self.configuration, self.scratch / 'agent.log', None, self.probe,
                           self.arguments, self.context)
        self.addCleanup(lambda: self.assertEqual(0, self.agent.stop()))

    def get(self, path, patience=30):
        return self.agent.get(path, patience, authorization())

    def break_it(self):
        self.octets = {name: file.read_bytes() for name, file in self.pem.items()}
        web = json.loads(json.dumps(self.good))
        type(self).change(self, web)
        self.web.write_text(json.dumps(web))

    def while_broken(self):
        stranger = ssl.create_default_context(cafile=str(files()[0].certificate))
        with self.assertRaises(OSError):  # a client needs a certificate
            urllib.request.urlopen(self.agent.url, timeout=30, context=stranger).close()
        with self.assertRaises(urllib.error.HTTPError) as refusal:  # and a password
            urllib.request.urlopen(self.agent.url, timeout=30, context=self.context).close()
        self.assertEqual(401, refusal.exception.code)
        refusal.exception.close()

    def fix_it(self):
        for name, octets in self.octets.items():
            self.pem[name].write_bytes(octets)
        self.web.write_text(json.dumps(self.good))
