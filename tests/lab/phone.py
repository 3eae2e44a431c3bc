"""The lab's stand-in for a phone: a web server that stores and shows what Alertmanager sends. It runs as a
separate process, so that it outlives the command that started it:  python3 -m lab.phone FILE ADDRESS"""

import dataclasses
import datetime
import html
import http.server
import json
import os
import pathlib
import socket
import sys
import time

from .processes import OwnProcess

ADDRESS = '127.0.0.1:9095'

_PAGE = '''<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>The phone</title><body style="font-family: sans-serif; max-width: 45em; margin: 1em auto">
<h1>The phone</h1><pre style="white-space: pre-wrap">%s</pre>'''


@dataclasses.dataclass(frozen=True)
class Notification:
    """One message of Alertmanager: a group's alerts."""

    received: float  # Unix time
    receiver: str
    status: str      # firing, or resolved when no alert of the group fires
    network: str     # empty: the alert is about an agent
    alerts: list     # as Alertmanager sends them: status, labels, annotations, …

    @property
    def severity(self):
        return self.alerts[0]['labels']['severity']

    def __str__(self):
        about = self.network or self.alerts[0]['labels'].get('instance', '')
        lines = [f'{time.strftime("%H:%M:%S", time.localtime(self.received))}  {self.receiver}: '
                 f'{self.status.upper()} {self.severity} {about}']
        for alert in self.alerts:
            lines += _firing(alert) if alert['status'] == 'firing' else _over(alert)
        return '\n'.join(lines)


def _minute(time_of_alert):
    """As the shipped templates show it."""
    moment = datetime.datetime.fromisoformat(time_of_alert).astimezone(datetime.timezone.utc)
    return moment.strftime('%Y-%m-%d %H:%M UTC')


def _firing(alert):
    told = alert['annotations']
    lines = [f'  firing since {_minute(alert["startsAt"])}: {told["summary"]}',
             *(f'    {line}' for line in told['description'].splitlines())]
    return lines + [f'    {told["runbook_url"]}'] if 'runbook_url' in told else lines


def _over(alert):
    """Its evidence and first step are those of the past."""
    return [f'  over: {alert["annotations"]["summary"]}',
            f'    From {_minute(alert["startsAt"])} to {_minute(alert["endsAt"])}; nothing is left to repair.']


class Phone:
    """Starts and stops the phone; its file is in `folder`."""

    def __init__(self, folder, address=ADDRESS):
        folder = pathlib.Path(folder)
        self.url = f'http://{address}'
        self._address = address
        self._file = folder / 'notifications.jsonl'
        self._output = folder / 'phone.log'
        self._process = OwnProcess(folder / 'phone.pid')

    def start(self, patience=30.0, **popen_options):
        """Returns when the phone listens; it has no notifications then."""
        self._file.unlink(missing_ok=True)
        self._process.start(
            [sys.executable, '-m', 'lab.phone', str(self._file), self._address], self._output,
            env={**os.environ, 'PYTHONPATH': str(pathlib.Path(__file__).parent.parent)},
            **popen_options)
        deadline = time.monotonic() + patience
        while not self._accepts():
            if not self.running() or time.monotonic() > deadline:
                raise RuntimeError(f'the phone does not answer on {self.url}; it said:\n'
                                   f'{self._output.read_text(errors="replace")[-2000:]}')
            time.sleep(0.02)

    def running(self):
        return self._process.running()

    def stop(self):
        return self._process.stop()

    def notifications(self):
        return read(self._file)

    def _accepts(self):
        host, _, port = self._address.partition(':')
        with socket.socket() as probe:
            probe.settimeout(1.0)
            return probe.connect_ex((host, int(port))) == 0


def read(file):
    """The notifications in a file, the oldest first, without a line that is still being written."""
    if not file.exists():
        return []
    whole = file.read_text().rpartition('\n')[0]
    return [Notification(received=line['received'], receiver=line['receiver'],
                         status=line['status'], network=line['groupLabels'].get('network', ''),
                         alerts=line['alerts'])
            for line in map(json.loads, whole.splitlines())]


def serve(file, address):
    """Runs until a signal ends it."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            message = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
            with open(file, 'a') as kept:
                kept.write(json.dumps({'received': time.time(), **message}) + '\n')
            self._answer('')

        def do_GET(self):
            told = '\n\n'.join(str(each) for each in reversed(read(file))) or 'Nothing yet.'
            self._answer(_PAGE % html.escape(told))

        def _answer(self, body):
            data = body.encode()
            self.send_response(200)
            self.send_header('Content-Type', 'text/html; charset=utf-8')
            self.send_header('Content-Length', str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    host, _, port = address.partition(':')
    http.server.ThreadingHTTPServer((host, int(port)), Handler).serve_forever()


if __name__ == '__main__':
    serve(pathlib.Path(sys.argv[1]), sys.argv[2])
