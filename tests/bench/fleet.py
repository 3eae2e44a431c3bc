#!/usr/bin/python3
"""Measures what a fleet of networks costs Prometheus: series, bytes per scrape, memory and disk.

The fleet is one server that replays the page of a real agent in the lab, with a different network name on each
loopback address, and changes what changes on a real page: times of runs, durations, counters. Prometheus is
Debian's, with config/prometheus/many_sites.yml without TLS and remote write. It scrapes more often than usual
(every 5 s instead of every minute), so that ten minutes give a series as many samples as two hours."""

import argparse
import gzip
import http.server
import json
import pathlib
import random
import re
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import yaml

from lab import monitoring
from lab.notifying import CONFIG, RULES
from lab.running import AGENT_URL, ready_lab

PORT = 10205
SCRAPE_SECONDS = 5
REAL_SCRAPE_SECONDS = 60
DAY = 86400
MOVING = re.compile(r'^(cal_probe_last_\w+|cal_probe_(?:phase_)?duration_seconds|'
                    r'cal_endpoint_stage_duration_seconds|cal_probe_runs_total|process_\w+)'
                    r'((?:\{.*\})?) (\S+)$', re.MULTILINE)


def real_page(binary):
    """The page of an agent in the lab with six probes, and its size with gzip."""
    with ready_lab(binary):
        request = urllib.request.Request(AGENT_URL + '/metrics',
                                         headers={'Accept-Encoding': 'gzip'})
        with urllib.request.urlopen(request) as answer:
            packed = answer.read()
        return gzip.decompress(packed).decode(), len(packed)


def moved(page, scrape, now):
    """The page as it would be some scrapes later."""
    def move(sample):
        family, labels, value = sample[1], sample[2], float(sample[3])
        if 'timestamp' in family:
            value = now - random.random()
        elif family.endswith('_total'):
            value += scrape
        else:
            value *= random.uniform(0.9, 1.1)
        return f'{family}{labels} {value:.3f}'
    return MOVING.sub(move, page)


class Fleet(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Answers on every loopback address; the address selects the network."""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, page):
        self.template = page
        self.scrapes = 0
        super().__init__(('0.0.0.0', PORT), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'  # keep-alive, as the agent does

    def do_GET(self):
        fleet = self.server
        fleet.scrapes += 1
        host = self.connection.getsockname()[0].replace('.', '-')
        body = moved(fleet.template.replace('network="ebs"', f'network="n{host}"'),
                     fleet.scrapes, time.time()).encode()
        self.send_response(200)
        self.send_header('Content-Type', 'text/plain; version=0.0.4')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def configuration(folder, networks):
    """many_sites.yml for our agents, with a file for each site, and the rules."""
    (folder / 'sites').mkdir()
    for number in range(networks):
        address = f'127.1.{number // 250}.{number % 250 + 1}:{PORT}'
        (folder / 'sites' / f'site{number}.yml').write_text(
            json.dumps([{'targets': [address], 'labels': {'site': f'site{number}'}}]))
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


def processor_seconds(pid):
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


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


def measure(page, networks, minutes, folder):
    Fleet(page)
    prometheus = monitoring.Prometheus(folder)
    prometheus.start(configuration(folder, networks), '--web.enable-admin-api')
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
        return {'series': series / networks, 'memory': memory / networks, 'empty': empty,
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
    given = arguments.parse_args()
    page, packed = real_page(given.binary)
    with tempfile.TemporaryDirectory(prefix='cal-fleet-') as folder:
        found = measure(page, given.networks, given.minutes, pathlib.Path(folder))
    report(page, packed, given.networks, found)


if __name__ == '__main__':
    sys.exit(main())
