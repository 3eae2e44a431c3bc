"""The committed dashboards, and the program that generates them."""

import importlib
import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).parents[2] / 'dashboards'
DASHBOARDS = FOLDER / 'grafana' / 'dashboards' / 'cal_exporter'
NAMES = ('overview', 'network', 'farm', 'agent')


def dashboard(name, folder=DASHBOARDS):
    return json.loads((folder / f'{name}.json').read_text())


def source(module):
    """A module of dashboards/source."""
    if str(FOLDER) not in sys.path:
        sys.path.insert(0, str(FOLDER))
    return importlib.import_module(f'source.{module}')
