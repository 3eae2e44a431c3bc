"""The stand-in for the activation service: what `./run break` starts is what it says, and a break whose
stand-in fails is an error."""

import os
import pathlib
import socket
import ssl
import tempfile
import time
import unittest
from unittest import mock

from . import activation
from .activation import HEALTHY, ActivationService
from .certificates import Authority

WITH_TLS = (HEALTHY, 'expired', 'untrusted', 'other-name', 'portal')


class Activation(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='cal-activation-')
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.service = ActivationService(self.folder)
        self.addCleanup(self.service.stop)

    def start(self, variant):
        self.service.stop()
        self.service.start(variant)

    def handshake(self):
        """What a careful client says of the certificate; empty: nothing."""
        context = ssl.create_default_context(cafile=Authority(self.folder / 'tls').certificate)
        try:
            with socket.create_connection((activation.ADDRESS, activation.HTTPS_PORT), 10) as plain, \
                    context.wrap_socket(plain, server_hostname=activation.ADDRESS):
                return ''
        except ssl.SSLCertVerificationError as error:
            return error.verify_message

    def test_each_certificate_is_wrong_in_its_own_way(self):
        for variant, complaint in ((HEALTHY, ''), ('expired', 'certificate has expired'),
                                   ('untrusted', 'unable to get local issuer certificate'),
                                   ('other-name', "IP address mismatch, certificate is not valid for "
                                                  f"'{activation.ADDRESS}'.")):
            with self.subTest(variant):
                self.start(variant)
                self.assertEqual(complaint, self.handshake())

    def test_a_stand_in_that_cannot_make_its_certificate_is_an_error(self):
        openssl = self.folder / 'openssl'
        openssl.write_text('#!/bin/sh\necho no openssl today >&2\nexit 1\n')
        openssl.chmod(0o755)
        Authority(self.folder / 'tls')
        with mock.patch.dict(os.environ, PATH=f'{self.folder}:{os.environ["PATH"]}'):
            for variant in WITH_TLS:
                with self.subTest(variant):
                    begun = time.monotonic()
                    with self.assertRaisesRegex(RuntimeError, 'no openssl today'):
                        self.start(variant)
                    self.assertLess(time.monotonic() - begun, 25)  # at once, not at its patience


if __name__ == '__main__':
    unittest.main()
