"""The contract of a running agent: /metrics and the HTTP paths."""

import contextlib
import json
import pathlib
import re
import subprocess
import urllib.error
import urllib.request

from lab.agent import Agent, binary, wait_until

_TYPE = re.compile(r'^# TYPE (\S+) (\S+)$', re.MULTILINE)
_LINK = re.compile(r'(?:href|src|action)="(/[^"?#]*)')
_NAMES = {'/probes/ebs/activation_events': '/probes/NETWORK/PROBE',
          '/runbooks/activation_events': '/runbooks/PROBE'}
_OTHER_NAMES = re.compile(r'^/(probes/ebs|runbooks)/')
_PATHS = ['/', '/metrics', '/config', '/api/v1/status', '/api/v1/repair', '/-/healthy', '/-/ready', *_NAMES]
_HASH = '$2b$04$' + 22 * 'a' + 31 * 'b'  # of no password


def from_registry(what):
    """Reasons, causes and families, which no output of the program lists completely. A test program of the
    same build prints them."""
    lists = pathlib.Path(binary()).parent / 'tests' / 'contract_lists'
    return subprocess.run([lists, what], check=True, capture_output=True,
                          text=True).stdout.splitlines()


@contextlib.contextmanager
def running(sample, configuration=None, arguments=(), lifecycle=True):
    agent = Agent(configuration or sample.configuration, sample.folder / 'agent.log',
                  lifecycle=lifecycle, arguments=[
                      '--state.dir', str(sample.state),
                      '--web.external-url', 'https://cal.example.com', *arguments])
    try:
        yield agent
    finally:
        agent.stop()


def wait_until_ready(agent):
    wait_until('every probe has run', lambda: agent.get('/-/ready')[0] == 200)


def families(agent):
    """"NAME: type {labels}". A scrape shows all families that have a sample; for the others, the registry
    lists the labels after `network`."""
    metrics = agent.metrics()
    found = {}
    for name, kind in _TYPE.findall(agent.page()):
        label_names = {tuple(labels) for labels, _ in metrics.samples(name)}
        if len(label_names) != 1:
            raise AssertionError(f'the samples of {name} have different labels: {label_names}')
        found[name] = (kind, *label_names.pop())
    for line in from_registry('families'):
        name, _, rest = line.partition(': ')
        kind, *labels = rest.split()
        if name in found and (found[name][0] != kind or set(labels) - set(found[name])):
            raise AssertionError(f'{line!r} is served as {found[name]}')
        found.setdefault(name, (kind, 'network', *labels))
    return [f'{name}: {kind} {{{", ".join(labels)}}}'
            for name, (kind, *labels) in sorted(found.items())]


def paths(agent, sample):
    """"METHOD path (situation): status type": those above, and those that pages link to."""
    links = {link for path in ('/', *_NAMES) for link in _LINK.findall(agent.get(path)[1])}
    for path in sorted({*_PATHS, *(link for link in links if not _OTHER_NAMES.match(link))}):
        yield _line(agent, 'GET', path)
        yield _line(agent, 'HEAD', path)
        yield _line(agent, 'POST', path)
    yield _line(agent, 'GET', '/probes/ebs/missing', 'no such probe')
    yield _line(agent, 'GET', '/runbooks/missing', 'no such runbook')
    yield _line(agent, 'GET', '/missing', 'no such path')
    yield _line(agent, 'GET', '/-/reload')
    yield _line(agent, 'POST', '/-/reload', 'no error')
    before = sample.configuration.read_text()
    sample.configuration.write_text('networks: 1\n')
    yield _line(agent, 'POST', '/-/reload', 'configuration with errors')
    sample.configuration.write_text(before)


def paths_of_other_agents(sample):
    slow = sample.network('slow', internet_connectivity={
        'endpoints': [f'http://127.0.0.1:{sample.silent_port}'], 'proxy': 'none'})
    with running(sample, slow, lifecycle=False) as agent:
        yield _line(agent, 'GET', '/-/ready', 'before every probe has run')
        yield _line(agent, 'POST', '/-/reload', 'without --web.enable-lifecycle')
    web = sample.folder / 'web.yml'
    web.write_text(json.dumps({'basic_auth_users': {'user': _HASH}}))
    with running(sample, arguments=['--web.config.file', str(web)]) as agent:
        for path in ('/', '/metrics', '/-/healthy', '/missing'):
            yield _line(agent, 'GET', path, 'without the password')


def _line(agent, method, path, situation=''):
    request = urllib.request.Request(agent.url + path, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            status, headers = answer.status, answer.headers
    except urllib.error.HTTPError as error:
        status, headers = error.code, error.headers
    shown = _NAMES.get(path, path)
    kind = headers.get('Content-Type', '')
    return f'{method} {shown}{f" ({situation})" if situation else ""}: {status} {kind}'.rstrip()
