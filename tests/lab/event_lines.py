"""Licensing events as the JSON lines that Winlogbeat writes, and the log that the lab's agent follows."""

import datetime
import json
import pathlib

CAL_PROVIDER = 'Microsoft-Windows-Windows Server Solutions Client Access Licensing'
RDS_PROVIDER = 'Microsoft-Windows-TerminalServices-Licensing'
OTHER_PROVIDER = 'Service Control Manager'
_COMPUTERS = {OTHER_PROVIDER: 'mgmt.ebs.example.com', CAL_PROVIDER: 'mgmt.ebs.example.com',
              RDS_PROVIDER: 'ls1.ebs.example.com'}


def event_line(event_id, record_id, time, data=(), computer='srv1', provider=CAL_PROVIDER):
    """One line with its newline. `time` is an aware datetime."""
    return json.dumps({
        '@timestamp': time.astimezone(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.%fZ'),
        'winlog': {
            'provider_name': provider,
            'event_id': str(event_id),
            'record_id': record_id,
            'computer_name': computer,
            'channel': 'System' if provider == OTHER_PROVIDER else f'{provider}/Operational',
            'event_data': {f'param{i}': value for i, value in enumerate(data, 1)}}}) + '\n'


class EventLog:
    """`events.jsonl` in the lab's folder."""

    def __init__(self, folder):
        self.file = pathlib.Path(folder) / 'events.jsonl'

    def begin(self):
        """A log with one event of another provider, as the channel System has many."""
        if not self.file.exists():
            self.append(7036, 'Remote Desktop Licensing', 'running', provider=OTHER_PROVIDER)

    def append(self, event_id, *data, provider=CAL_PROVIDER):
        """Appends an event with the current time."""
        with open(self.file, 'a+', encoding='utf-8') as log:
            log.seek(0)
            record_id = 1 + sum(1 for _ in log)
            log.write(event_line(event_id, record_id, datetime.datetime.now(datetime.timezone.utc),
                                 data, computer=_COMPUTERS[provider], provider=provider))
