"""Stand-ins for the services that Alertmanager notifies: one web server and one mail server on loopback, which keep
what they receive. For the tests of the shipped receivers."""

import contextlib
import email
import email.policy
import http.server
import json
import socketserver
import threading


class _Serving:
    def __init__(self, server):
        self._server = server
        self.received = []
        server.kept = self.received
        self.address = '%s:%d' % server.server_address
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class WebStandIn(_Serving):
    """`received` has (path, decoded JSON) of every POST."""

    def __init__(self):
        super().__init__(http.server.ThreadingHTTPServer(('127.0.0.1', 0), _Web))
        self.url = f'http://{self.address}'

    def posts(self, path):
        return [body for each, body in list(self.received) if each == path]


class _Web(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        self.server.kept.append((self.path, json.loads(body)))
        self.send_response(202)  # PagerDuty's answer; the others take every 2xx
        self.end_headers()
        self.wfile.write(b'ok')

    def log_message(self, *_):
        pass


class MailStandIn(_Serving):
    """`received` has every mail as an EmailMessage."""

    def __init__(self):
        server = socketserver.ThreadingTCPServer(('127.0.0.1', 0), _Mail)
        server.daemon_threads = True
        super().__init__(server)

    def mails(self, recipient):
        return [mail for mail in list(self.received) if mail['To'] == recipient]


class _Mail(socketserver.StreamRequestHandler):
    def handle(self):
        with contextlib.suppress(ConnectionResetError):  # Alertmanager was stopped
            self._converse()

    def _converse(self):
        self._say('220 mail.example.com')
        while line := self.rfile.readline():
            command = line.strip().upper()
            if command == b'DATA':
                self._say('354 go on')
                self.server.kept.append(
                    email.message_from_bytes(self._mail(), policy=email.policy.default))
            elif command == b'QUIT':
                return self._say('221 bye')
            self._say('250 ok')

    def _mail(self):
        lines = []
        while (line := self.rfile.readline()) not in (b'.\r\n', b''):
            lines.append(line[1:] if line.startswith(b'.') else line)
        return b''.join(lines)

    def _say(self, text):
        self.wfile.write(text.encode() + b'\r\n')
