"""Takes the screenshots of the dashboards for the READMEs:  python3 -m dashboards.pictures BINARY FOLDER.
Runs its own lab with a real Prometheus; called by `./run screenshots`."""

import json
import pathlib
import sys
import tempfile

from browser.screenshots import save
from lab import faults
from lab.agent import wait_until
from lab.monitoring import Prometheus
from lab.running import AGENT_URL, RunningLab

from .drawing import Drawing
from .files import FOLDER

HISTORY = 180  # seconds that a screenshot shows
UPPER = 1288   # pixels of the network dashboard: down to the stages


def configuration():
    return json.dumps({
        'global': {'scrape_interval': '1s', 'scrape_timeout': '1s', 'evaluation_interval': '1s'},
        'rule_files': [str(FOLDER / 'rules' / 'cal_exporter.yml')],
        'scrape_configs': [{'job_name': 'cal_exporter', 'static_configs': [
            {'targets': [AGENT_URL.removeprefix('http://')]}]}]})


def wait_for(prometheus, expression, patience=300):
    wait_until(expression, lambda: prometheus.query(expression), patience)


def take_all(lab, prometheus, drawing, folder):
    def take(file, dashboard, height=None, **options):
        drawing.open(dashboard, seconds=HISTORY, **options)
        if height:
            drawing.crop(height)
        save(drawing.page, folder / file)

    wait_for(prometheus, f'count_over_time(up[{HISTORY}s]) >= 0.98 * {HISTORY}')
    take('overview.png', 'overview')
    take('agent.png', 'agent')
    faults.break_probe(lab.dc, 'internet_connectivity', 'expired')
    lab.events.append(5, '0x80072f05')
    wait_for(prometheus, 'count_over_time(ALERTS{alertstate="firing"}[60s]) >= 20')
    take('cause.png', 'overview', dark=True)
    take('network.png', 'network', network='ebs', height=UPPER)


def main(binary, folder):
    with tempfile.TemporaryDirectory(prefix='cal-pictures-') as scratch:
        lab = RunningLab(scratch)
        prometheus = Prometheus(scratch)
        drawing = None
        try:
            lab.start_dc()
            lab.start_activation()
            lab.start_agent(pathlib.Path(binary).absolute(), lab.lab_configuration())
            lab.wait_until_ready()
            prometheus.start(configuration())
            drawing = Drawing(prometheus)
            take_all(lab, prometheus, drawing, pathlib.Path(folder))
        finally:
            if drawing:
                drawing.close()
            prometheus.stop()
            lab.stop()


if __name__ == '__main__':
    main(*sys.argv[1:])
