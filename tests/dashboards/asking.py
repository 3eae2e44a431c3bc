"""Sends the queries of the dashboards to a Prometheus, as Grafana does."""

import json
import re
import time

from .files import dashboard
from .lint import panels_of, variables_of

SECONDS, STEP = 60, 2  # the time range and the resolution
AGENTS = {'job': '.+', 'instance': '.+', 'site': '.*', '__rate_interval': '8s', '__range': f'{SECONDS}s'}


class Asking:
    """A dashboard for one network, or for all with `network` '.+'."""

    def __init__(self, prometheus, name, network='.+'):
        self._prometheus = prometheus
        self._variables = {**AGENTS, 'network': network}
        self.name = name
        self.dashboard = dashboard(name)

    def _text(self, expression):
        return re.sub(r'\$\{?(\w+)\}?', lambda found: self._variables.get(found[1], found[0]),
                      expression)

    def ask(self, target):
        """The series or samples of one query. A query that Prometheus rejects is an AssertionError."""
        self._fill_in_hidden_variables()
        expression = self._text(target['expr'])
        if target['instant']:
            return self._prometheus.query(expression)
        now = int(time.time())
        return self._prometheus.query_range(expression, now - SECONDS, now, STEP)

    def _fill_in_hidden_variables(self):
        for each in variables_of(self.dashboard, 'query'):
            if each['hide'] and each['multi']:
                self._variables[each['name']] = '|'.join(sorted(self._choices_of(each)))

    def empty(self, wanted):
        """Sends all queries; returns the panels, with the letter of the query, that have an empty result
        although `wanted` selects them."""
        return [f'{self.name}: {panel["title"]} {target["refId"]}'
                for panel in panels_of(self.dashboard) for target in panel['targets']
                if not self.ask(target) and wanted(panel['title'], target['refId'])]

    def value(self, title, letter='A'):
        """The number that a panel shows."""
        panel, = [each for each in panels_of(self.dashboard) if each['title'] == title]
        target, = [each for each in panel['targets'] if each['refId'] == letter]
        samples = self.ask(target)
        return float(samples[0]['value'][1]) if samples else None

    def annotations(self):
        """{name: how many series}"""
        return {each['name']: len(self.ask({'expr': each['expr'], 'instant': False}))
                for each in self.dashboard['annotations']['list'] if each['enable']}

    def links_to_the_agent(self):
        """The paths of the links to the agent's pages, with a probe of the network filled in."""
        return {re.sub(r'\$\{(.+?)\}', lambda found: self._variables.get(
                    found[1], 'internet_connectivity'), path)
                for path in re.findall(r'"\$\{agent_url\}(/[^"]*)"', json.dumps(self.dashboard))}

    def choices(self):
        """{variable: its options}"""
        return {each['name']: self._choices_of(each)
                for each in variables_of(self.dashboard, 'query')}

    def _choices_of(self, variable):
        labels = re.fullmatch(r'(?s)label_values\((.+), (\w+)\)', variable['query']['query'])
        if labels:
            return {each['metric'][labels[2]]
                    for each in self._prometheus.query(self._text(labels[1]))
                    if labels[2] in each['metric']}
        series = re.fullmatch(r'(?s)query_result\((.+)\)', variable['query']['query'])
        pattern = variable['regex'].strip('/').replace('\\/', '/')
        return {re.search(pattern, _as_text(each['metric']))[1]
                for each in self._prometheus.query(self._text(series[1]))}


def _as_text(metric):
    """A series as query_result() passes it to the variable's regular expression."""
    return '{%s}' % ','.join(f'{name}="{value}"' for name, value in metric.items())
