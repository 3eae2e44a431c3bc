#!/usr/bin/python3
"""Measures what a fleet of networks costs Prometheus: series, bytes per scrape, memory, disk and dashboards.

The fleet is one server that replays the page of a real agent in the lab, with a different network name on each
loopback address, and changes what changes on a real page: times of runs, durations, counters. Prometheus is
Debian's, with config/prometheus/many_sites.yml without TLS and remote write. It scrapes more often than usual
(every 5 s instead of every minute), so that ten minutes give a series as many samples as two hours."""

import argparse
import http.server
import json
import pathlib
import re
import shutil
import socketserver
import sys
import tempfile
import threading
import time
import urllib.request

import yaml

import fleet_dashboards
from fleet_dashboards import processor_seconds
from fleet_pages import PORT, fleet_of, moved, real_page
from lab import monitoring
from lab.notifying import CONFIG, RULES

SCRAPE_SECONDS = 5
REAL_SCRAPE_SECONDS = 60
DAY = 86400


class Fleet(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Answers on every loopback address; the address selects the agent."""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, agents):
        self.pages = {each.address.partition(':')[0]: each.page for each in agents}
        self.scrapes = 0
        super().__init__(('0.0.0.0', PORT), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'  # keep-alive, as the agent does

    def do_GET(self):
        fleet = self.server
        fleet.scrapes += 1
        page = fleet.pages[self.connection.getsockname()[0]]
        body = moved(page, fleet.scrapes, time.time()).encode()
        self.send_response(200)
        self.send_header('Content-Type', 'text/plain; version=0.0.4')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def configuration(folder, agents):
    """many_sites.yml for our agents, with a file for each site, and the rules."""
    (folder / 'sites').mkdir()
    for each in agents:
        (folder / 'sites' / f'{each.site}.yml').write_text(
            json.dumps([{'targets': [each.address], 'labels': {'site': each.site}}]))
    (folder / 'rules').mkdir()
    for rules in RULES:
        shutil.copy(rules, folder / 'rules')
    (folder / 'roster.yml').write_text('groups: []')
    shipped = yaml.safe_load((CONFIG / 'prometheus/many_sites.yml').read_text())
    for key in ('alerting', 'remote_write'):
        del shipped[key]
    job = shipped['scrape_configs'][0]
    for key in ('scheme', 'tls_config', 'basic_auth'):
        del job[key]
    shipped['global'] |= {'scrape_interval': f'{SCRAPE_SECONDS}s',
                          'evaluation_interval': f'{SCRAPE_SECONDS}s'}
    return yaml.safe_dump(shipped)


def resident(pid):
    status = pathlib.Path(f'/proc/{pid}/status').read_text()
    return int(re.search(r'VmRSS:\s+(\d+)', status)[1]) * 1024


def block_bytes(prometheus):
    """Bytes and samples of a block with everything that is in memory, as it would be on disk."""
    request = urllib.request.Request(f'{prometheus.url}/api/v1/admin/tsdb/snapshot', method='POST')
    with urllib.request.urlopen(request, timeout=300) as answer:
        name = json.load(answer)['data']['name']
    blocks = list((prometheus.folder / 'tsdb/snapshots' / name).glob('*/meta.json'))
    samples = sum(json.loads(file.read_text())['stats']['numSamples'] for file in blocks)
    size = sum(file.stat().st_size for block in blocks for file in block.parent.rglob('*')
               if file.is_file())
    return size, samples


def measure(agents, minutes, folder):
    networks = len(agents)
    Fleet(agents)
    prometheus = monitoring.Prometheus(folder)
    prometheus.answers_within = 300
    prometheus.start(configuration(folder, agents), '--web.enable-admin-api')
    try:
        empty = resident(prometheus.pid())
        deadline = time.monotonic() + 120
        while prometheus.value('count(up == 1)') != networks:
            if time.monotonic() > deadline:
                raise RuntimeError(f'only {prometheus.value("count(up == 1)")} agents are up')
            time.sleep(1)
        worked, started = processor_seconds(prometheus.pid()), time.monotonic()
        time.sleep(60 * minutes)
        worked = (processor_seconds(prometheus.pid()) - worked) / (time.monotonic() - started)
        series = prometheus.value('count({__name__=~".+"})')
        memory = resident(prometheus.pid()) - empty
        size, samples = block_bytes(prometheus)
        return {'end': int(time.time()), 'series': series / networks, 'memory': memory / networks, 'empty': empty,
                'processor': worked * SCRAPE_SECONDS / REAL_SCRAPE_SECONDS / networks,
                'bytes_per_sample': size / samples, 'samples_per_series': samples / series}
    finally:
        prometheus.stop()


def report(page, packed, networks, found):
    per_day = found['series'] * DAY / REAL_SCRAPE_SECONDS * found['bytes_per_sample']
    scraped = len([line for line in page.splitlines() if not line.startswith('#')])
    print(f'''
a fleet of {networks} networks, an agent each; each figure for one network, the last column for 10,000
{"series on the page":<44}{scraped:12,}{scraped * 1e4 / 1e6:12.1f} million
{"series in Prometheus, with those of the rules":<44}{found["series"]:12,.0f}{found["series"] * 1e4 / 1e6:12.1f} million
{"a scrape, plain":<44}{len(page) / 1e3:9.1f} kB{len(page) * 1e4 / 60 / 1e6:12.1f} MB/s at one a minute
{"a scrape, gzip":<44}{packed / 1e3:9.1f} kB{packed * 1e4 / 60 / 1e6:12.1f} MB/s at one a minute
{"memory of Prometheus (+ %.0f MB when empty)" % (found["empty"] / 1e6):<44}{found["memory"] / 1e3:9.0f} kB{found["memory"] * 1e4 / 1e9:12.1f} GB
{"processor, scraping every minute":<44}{found["processor"] * 1e3:9.2f} ms/s{found["processor"] * 1e4:10.1f} cores
{"disk (%.1f bytes a sample)" % found["bytes_per_sample"]:<44}{per_day / 1e6:7.2f} MB/d{per_day * 1e4 / 1e9:12.1f} GB a day
({found["samples_per_series"]:.0f} samples of each series)''')


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument('--binary', required=True)
    arguments.add_argument('--networks', type=int, default=500)
    arguments.add_argument('--minutes', type=float, default=10)
    arguments.add_argument('--baseline', type=pathlib.Path,
                           help='a folder with the dashboards of an older version, to be measured first')
    given = arguments.parse_args()
    page, packed = real_page(given.binary)
    rds, _ = real_page(given.binary, 'rds')
    started = int(time.time())
    agents = fleet_of(page, rds, given.networks, started)
    with tempfile.TemporaryDirectory(prefix='cal-fleet-') as folder:
        folder = pathlib.Path(folder)
        found = measure(agents, given.minutes, folder)
        report(page, packed, given.networks, found)
        fleet_dashboards.report(folder, agents, started, found['end'], given.baseline)


if __name__ == '__main__':
    sys.exit(main())
