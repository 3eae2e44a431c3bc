"""The dashboards as they are committed."""

import json
import pathlib

FOLDER = pathlib.Path(__file__).parents[2] / 'dashboards'
DASHBOARDS = FOLDER / 'grafana' / 'dashboards' / 'cal_exporter'
NAMES = ('overview', 'network', 'agent')


def dashboard(name):
    return json.loads((DASHBOARDS / f'{name}.json').read_text())
