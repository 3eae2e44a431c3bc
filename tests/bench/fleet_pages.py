"""The agents of a fleet: copies of a real agent's page with other network names, some with a fault, and what
changes from scrape to scrape."""

import dataclasses
import gzip
import random
import re
import urllib.request

from lab.running import AGENT_URL, ready_lab

MOVING = re.compile(r'cal_probe_last_\w+|cal_probe_(?:phase_)?duration_seconds|'
                    r'cal_endpoint_stage_duration_seconds|cal_probe_runs_total|scrape_duration_seconds|'
                    r'process_(?!start_|max_)\w+')
SAMPLE = re.compile(r'^(\w+)((?:\{.*\})?) (\S+)$', re.MULTILINE)
EACH_WITH_FAULT = 12  # one network of twelve: 42 of 500, as when an endpoint's certificate ends
PORT = 10205
FAILED = 'cal_activation_last_failure_timestamp_seconds{network="ebs"} %d\n'


def real_page(binary, profile='ebs'):
    """The page of an agent in the lab with six probes, and its size with gzip."""
    with ready_lab(binary, profile):
        request = urllib.request.Request(AGENT_URL + '/metrics',
                                         headers={'Accept-Encoding': 'gzip'})
        with urllib.request.urlopen(request) as answer:
            packed = answer.read()
        return gzip.decompress(packed).decode(), len(packed)


@dataclasses.dataclass
class Agent:
    """Its network has the name of its site."""

    address: str
    site: str
    page: str
    has_fault: bool

    def labels(self):
        """What Prometheus adds to its series."""
        return {'job': 'cal_exporter', 'instance': self.address, 'site': self.site}


def fleet_of(ebs, rds, count, now):
    """The last one watches a Remote Desktop farm. The first one has a fault."""
    faulty = with_fault(ebs, now - 3600)

    def agent(number):
        has_fault = number % EACH_WITH_FAULT == 0 and number < count - 1
        page = rds if number == count - 1 else faulty if has_fault else ebs
        return Agent(f'127.1.{number // 250}.{number % 250 + 1}:{PORT}', f'site{number}',
                     re.sub('network="(?:ebs|rds)"', f'network="site{number}"', page), has_fault)
    return [agent(number) for number in range(count)]


def with_fault(page, failed_at):
    """The page of a network whose activation service cannot be reached."""
    def swapped(text, first, second):
        return re.sub(f'({first}"}}) 1$|({second}"}}) 0$', lambda found: f'{found[1]} 0' if found[1] else
                      f'{found[2]} 1', text, flags=re.MULTILINE)
    page = swapped(page, 'cause="none', 'cause="internet_unreachable')
    probe = 'probe="internet_connectivity",verdict='
    page = swapped(page, f'{probe}"clear', f'{probe}"present')
    page = re.sub(r'^(cal_activation_failing\S+) 0$', r'\1 1', page, flags=re.MULTILINE)
    return page + FAILED % failed_at


def moved_value(family, value, scrape, now):
    """The value some scrapes later."""
    if not MOVING.fullmatch(family):
        return value
    if 'timestamp' in family:
        return now - random.random()
    if family.endswith('_total'):
        return value + scrape
    return value * random.uniform(0.9, 1.1)


def moved(page, scrape, now):
    """The page as it would be some scrapes later."""
    def move(sample):
        family, labels, value = sample.groups()
        if not MOVING.fullmatch(family):
            return sample[0]
        return f'{family}{labels} {moved_value(family, float(value), scrape, now):.3f}'
    return SAMPLE.sub(move, page)
