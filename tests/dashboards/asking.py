"""Sends the queries of the dashboards to a Prometheus, as Grafana does."""

import json
import re

from .files import DASHBOARDS, dashboard
from .lint import panels_of, variables_of
from .view import LastMinute

EVERYTHING = {'job': '.+', 'instance': '.+', 'site': '.*', 'network': '.+'}


class Asking:
    """A dashboard, with these values of its variables."""

    def __init__(self, prometheus, name, view=LastMinute, folder=DASHBOARDS, **variables):
        self.name = name
        self.dashboard = dashboard(name, folder)
        self._prometheus = prometheus
        self._view = view(self.dashboard)
        self._variables = {**EVERYTHING, '__range': f'{self._view.seconds}s', **variables}

    def _text(self, expression, step=0):
        every = self._view.scrape_interval
        values = {**self._variables, '__rate_interval': f'{max(step + every, 4 * every)}s'}
        return re.sub(r'\$\{?(\w+)\}?', lambda found: values.get(found[1], found[0]), expression)

    def ask(self, panel):
        """What each query of a panel returns, series or samples. A query that Prometheus rejects is an
        AssertionError."""
        step = self._view.step(panel)
        return [self._ask(target, step) for target in panel['targets']]

    def _ask(self, target, step):
        expression, end = self._text(target['expr'], step), self._view.end()
        if target['instant']:
            return self._prometheus.query(expression, end)
        return self._prometheus.query_range(expression, end - self._view.seconds, end, step)

    def empty(self, wanted):
        """Sends all queries; returns the panels, with the letter of the query, that have an empty result
        although `wanted` selects them."""
        self.choices()
        return [f'{self.name}: {panel["title"]} {target["refId"]}'
                for panel in panels_of(self.dashboard)
                for target, found in zip(panel['targets'], self.ask(panel), strict=True)
                if not found and wanted(panel['title'], target['refId'])]

    def value(self, title, letter='A'):
        """The number that a panel shows."""
        self.choices()
        panel, = [each for each in panels_of(self.dashboard) if each['title'] == title]
        for target, samples in zip(panel['targets'], self.ask(panel), strict=True):
            if target['refId'] == letter:
                return float(samples[0]['value'][1]) if samples else None
        raise KeyError(f'{title} {letter}')

    def annotations(self):
        """{name: how many series}"""
        return {each['name']: len(self._ask({'expr': each['expr'], 'instant': False},
                                            self._view.step(each)))
                for each in self.dashboard['annotations']['list'] if each['enable']}

    def links_to_the_agent(self):
        """The paths of the links to the agent's pages, with a probe of the network filled in."""
        return {re.sub(r'\$\{(.+?)\}', lambda found: self._variables.get(
                    found[1], 'internet_connectivity'), path)
                for path in re.findall(r'"\$\{agent_url\}(/[^"]*)"', json.dumps(self.dashboard))}

    def choices(self):
        """{variable: its options}. All of a hidden variable are selected."""
        found = {}
        for each in variables_of(self.dashboard, 'query'):
            found[each['name']] = options = self._choices_of(each)
            if each['hide'] and each['multi']:
                self._variables[each['name']] = '|'.join(sorted(options))
        return found

    def _choices_of(self, variable):
        end = self._view.end()
        labels = re.fullmatch(r'(?s)label_values\((.+), (\w+)\)', variable['query']['query'])
        if labels:
            return set(self._prometheus.label_values(labels[2], self._text(labels[1]),
                                                     end - self._view.seconds, end))
        series = re.fullmatch(r'(?s)query_result\((.+)\)', variable['query']['query'])
        pattern = variable['regex'].strip('/').replace('\\/', '/')
        return {re.search(pattern, _as_text(each['metric']))[1]
                for each in self._prometheus.query(self._text(series[1]), end)}


def _as_text(metric):
    """A series as query_result() passes it to the variable's regular expression."""
    return '{%s}' % ','.join(f'{name}="{value}"' for name, value in metric.items())
