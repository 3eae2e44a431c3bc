"""A dashboard without its panels: variables, links, annotations, and the layout."""

import itertools

from .panels import DATASOURCE

TAG = 'cal_exporter'

# Extracts the URL from the text of a series that query_result() returns.
AGENT_URL = '/url="([^"]+?)\\/?"/'


def dashboard(uid, title, description, lines, *, variables=(), annotations=(), links=(), since,
              refresh):
    """`lines` are lists of panels that are side by side, from top to bottom."""
    return {
        'uid': uid, 'title': title, 'description': description, 'tags': [TAG],
        'schemaVersion': 39, 'version': 1, 'editable': False, 'graphTooltip': 1,
        'time': {'from': since, 'to': 'now'}, 'refresh': refresh, 'timezone': 'browser',
        'weekStart': '', 'fiscalYearStartMonth': 0, 'timepicker': {},
        'links': [_other_dashboards(), *links],
        'annotations': {'list': list(annotations)},
        'templating': {'list': [_data_source(), *_agents(), *variables]},
        'panels': _placed(lines)}


def variable(name, label, expression, *, several=False, everything='.+', hidden=False, regex=''):
    """`everything` is what the choice All matches; None: exactly the values that the query returns."""
    choices = {'multi': True, 'includeAll': True,
               'current': {'text': ['All'], 'value': ['$__all']}} if several else {
                   'multi': False, 'includeAll': False}
    if several and everything:
        choices['allValue'] = everything
    return {'type': 'query', 'name': name, 'label': label, 'datasource': DATASOURCE,
            'query': {'query': expression, 'refId': name},
            'refresh': 2, 'sort': 1, 'regex': regex, 'hide': 2 if hidden else 0, **choices}


def annotation(name, expression, color, *, title, at_value=False, enabled=True):
    """A mark wherever the expression has a sample, or at the time that is its value. Such a value stays for a
    while, so that it is asked for every five minutes only."""
    return {'name': name, 'enable': enabled, 'iconColor': color, 'datasource': DATASOURCE,
            'expr': expression, 'titleFormat': title, 'useValueForTime': at_value,
            'step': '5m' if at_value else '1m'}


def network_variable(**options):
    return variable('network', 'Network', 'label_values(cal_diagnosis_primary{job=~"$job", '
                    'instance=~"$instance", site=~"$site"}, network)', **options)


def link(title, url, tooltip):
    return {'type': 'link', 'title': title, 'url': url, 'tooltip': tooltip, 'icon': 'external link',
            'targetBlank': True, 'tags': [], 'asDropdown': False, 'includeVars': False,
            'keepTime': False}


def _other_dashboards():
    return {'type': 'dashboards', 'title': 'cal_exporter', 'url': '', 'tooltip': '', 'icon': '',
            'targetBlank': False, 'tags': [TAG], 'asDropdown': False, 'includeVars': True,
            'keepTime': True}


def _data_source():
    return {'type': 'datasource', 'name': 'datasource', 'label': 'Data source',
            'query': 'prometheus', 'refresh': 1, 'regex': '', 'hide': 0, 'multi': False,
            'includeAll': False, 'options': []}


def _agents():
    return (variable('job', 'Job', 'label_values(cal_exporter_build_info, job)', several=True),
            variable('instance', 'Instance',
                     'label_values(cal_exporter_build_info{job=~"$job"}, instance)', several=True),
            # A label of the target. Agents without one belong to All, too.
            variable('site', 'Site', 'label_values(cal_exporter_build_info{job=~"$job", '
                     'instance=~"$instance"}, site)', several=True, everything='.*'))


def _placed(lines):
    ids = itertools.count(1)
    placed, y = [], 0
    for line in lines:
        placed += _side_by_side(line, y, ids)
        y += max(panel['gridPos']['h'] for panel in line)
    return placed


def _side_by_side(line, y, ids):
    placed, x = [], 0
    for panel in line:
        size = panel['gridPos']
        placed.append({'id': next(ids), **panel, 'gridPos': {'x': x, 'y': y, **size}})
        x += size['w']
        if panel['type'] == 'row':
            placed[-1]['panels'] = _side_by_side(panel['panels'], y + size['h'], ids)
    return placed
