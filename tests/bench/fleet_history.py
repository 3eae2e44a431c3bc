"""The past of a fleet, as blocks that Prometheus would have stored at one scrape a minute. promtool makes them
from text. A series that changes has the same values in every network."""

import re
import subprocess

from dashboards.files import dashboard
from dashboards.lint import panels_of, variables_of
from dashboards.view import AsGrafana
from fleet_pages import SAMPLE, moved_value

OF_ALL = ('overview', 'agent')  # the dashboards that show all networks
FAMILY = re.compile(r'\b(up|ALERTS|(?:cal|process|scrape)_\w+)\{')
SCRAPE_SECONDS = 60
BLOCK_SECONDS = 6 * 3600
WEEK = 7 * 86400
# What Prometheus adds to a page.
UP = 'up 1\nscrape_duration_seconds 0.004\n'
FIRING = 'ALERTS{alertname="CalInternetUnreachable",alertstate="firing",network="%s",severity="critical"} 1\n'


def read_over_time(name, folder):
    """{family: seconds} that a dashboard reads the past of."""
    made = dashboard(name, folder)
    expressions = [each['expr'] for each in made['annotations']['list']]
    expressions += [target['expr'] for panel in panels_of(made) for target in panel['targets']
                    if not target['instant']]
    expressions += [each['query']['query'] for each in variables_of(made, 'query')
                    if '[' in each['query']['query']]
    seconds = AsGrafana(made, 0).seconds
    return {family: seconds for each in expressions for family in FAMILY.findall(each)}


def read_of_all(folders):
    """The same for all networks."""
    found = {}
    for folder in folders:
        for name in OF_ALL:
            for family, seconds in read_over_time(name, folder).items():
                found[family] = max(seconds, found.get(family, 0))
    return found


class Past:
    """The series of one page, with the labels that Prometheus adds. `seconds` tells how much of a family."""

    def __init__(self, page, seconds, **labels):
        added = ','.join(f'{name}="{value}"' for name, value in labels.items())
        self.series = [(family, f'{family}{{{own.strip("{}")}{"," if own else ""}{added}}} ', float(value),
                        seconds(family))
                       for family, own, value in SAMPLE.findall(page) if seconds(family)]


class _Block:
    """The times of a block, and what follows the name of a series at each of them."""

    def __init__(self, start, end):
        self._times = range(start, end, SCRAPE_SECONDS)
        self._known = {}

    def _values(self, family, value, since):
        if (family, value, since) not in self._known:
            self._known[family, value, since] = [
                f'{moved_value(family, value, time // SCRAPE_SECONDS, time):.15g} {time}\n'
                for time in self._times if time >= since]
        return self._known[family, value, since]

    def write(self, file, pasts, end):
        for past in pasts:
            for family, name, value, seconds in past.series:
                values = self._values(family, value, end - seconds)
                if values:
                    file.write(name + name.join(values))
        file.write('# EOF\n')


def store_past(folder, dashboards, agents, end):
    """Adds what the dashboards in these folders read of the time before `end` to the data of a Prometheus that
    does not run. One network of each kind has a week of all families."""
    every = read_of_all(dashboards)

    def seconds_of(agent):
        return (lambda _: WEEK) if agent in (agents[0], agents[-1]) else lambda family: every.get(family, 0)
    pasts = [Past(each.page + UP + (FIRING % each.site if each.has_fault else ''), seconds_of(each),
                  **each.labels()) for each in agents]
    tsdb = folder / 'tsdb'
    text = tsdb / 'past.txt'
    for start in range((end - WEEK) // BLOCK_SECONDS * BLOCK_SECONDS, end, BLOCK_SECONDS):
        with text.open('w') as file:
            _Block(start, min(start + BLOCK_SECONDS, end)).write(file, pasts, end)
        subprocess.run(['promtool', 'tsdb', 'create-blocks-from', 'openmetrics', '--quiet',
                        f'--max-block-duration={BLOCK_SECONDS}s', text, tsdb], check=True)
    text.unlink()
