"""TypeScript's compiler checks the dashboards against the types that Grafana publishes."""

import copy
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from .files import NAMES, dashboard
from .lint import panels_of
from .test_conventions import change

HERE = pathlib.Path(__file__).parent
OPTIONS = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'esnext',
           '--moduleResolution', 'bundler']

# (path, wrong value, message of the compiler)
ERRORS = [
    (['tagz'], [], """'"tagz"' does not exist"""),
    (['panels', 0, 'gridPos', 'w'], '4', "Type 'string' is not assignable to type 'number'"),
    (['panels', 0, 'options', 'graphMode'], 'bars', """Type '"bars"' is not assignable"""),
    (['panels', 0, 'targets', 0, 'format'], 'tables', """Type '"tables"' is not assignable"""),
]


def source_of(dashboard):
    """TypeScript source with literals, since TypeScript reports unknown names only in literals. The type of
    a dashboard does not include its panels and queries, so each is written with its own type."""
    rest = copy.deepcopy(dashboard)
    lines = ["import type { DashboardJson, MarkJson, PanelJson, TargetJson } from './types';"]
    for panel in panels_of(rest):
        own = {'options': panel['options']}
        if 'custom' in panel['fieldConfig']['defaults']:
            own['custom'] = panel['fieldConfig']['defaults']['custom']
        lines += [f'// {panel["title"]}',
                  literal(f'panel_{panel["id"]}: PanelJson[{json.dumps(panel["type"])}]', own),
                  literal(f'targets_{panel["id"]}: TargetJson[]', panel.pop('targets'))]
    marks = [{key: each.pop(key) for key in ('expr', 'titleFormat', 'useValueForTime', 'step')}
             for each in rest['annotations']['list']]
    return '\n'.join([*lines, literal('marks: MarkJson[]', marks),
                      literal('dashboard: DashboardJson', rest)])


def literal(declaration, value):
    return f'export const {declaration} = {json.dumps(value, indent=1)};\n'


class Types(unittest.TestCase):
    def compile(self, *dashboards):
        """The output of the compiler."""
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / 'node_modules').symlink_to(HERE / 'node_modules')
            shutil.copy(HERE / 'types.ts', folder)
            files = [folder / f'{each["uid"]}.ts' for each in dashboards]
            for file, each in zip(files, dashboards):
                file.write_text(source_of(each))
            return subprocess.run(
                ['node', HERE / 'node_modules' / 'typescript' / 'lib' / 'tsc.js', *OPTIONS, *files],
                capture_output=True, text=True, cwd=folder).stdout

    def test_every_dashboard_has_the_types_that_grafana_publishes(self):
        self.assertEqual('', self.compile(*map(dashboard, NAMES)))

    def test_the_compiler_finds_errors(self):
        for path, value, message in ERRORS:
            with self.subTest(path):
                wrong = dashboard('overview')
                change(wrong, path, value)
                self.assertIn(message, self.compile(wrong))
