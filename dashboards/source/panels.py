"""Panels and dashboards in Grafana's classic JSON, which Grafana 10 to 13 import."""

DATASOURCE = {'type': 'prometheus', 'uid': '${datasource}'}


def query(expr, legend='', instant=False, table=False):
    return {'datasource': DATASOURCE, 'editorMode': 'code', 'expr': expr, 'legendFormat': legend,
            'instant': instant or table, 'range': not (instant or table),
            'format': 'table' if table else 'time_series'}


def thresholds(base, *steps):
    """`base` is the color below the first step; each step is (value, color) from that value on."""
    return {'mode': 'absolute', 'steps': [{'value': None, 'color': base},
                                          *({'value': v, 'color': c} for v, c in steps)]}


def stat(title, description, target, width, *, text='value', **field):
    return _panel('stat', title, description, [target], width, 4, field, options={
        'colorMode': 'background', 'graphMode': 'none', 'justifyMode': 'center',
        'orientation': 'auto', 'textMode': text,
        'reduceOptions': {'calcs': ['lastNotNull'], 'fields': '', 'values': False}})


def timeline(title, description, target, width, height, **field):
    """States over time, one row per series; each state is shown as a word."""
    return _panel('state-timeline', title, description, [target], width, height, field,
                  custom={'fillOpacity': 80, 'lineWidth': 0},
                  options={'showValue': 'auto', 'alignValue': 'center', 'mergeValues': True,
                           'rowHeight': 0.85, 'perPage': 20,
                           'legend': {'showLegend': False, 'displayMode': 'list',
                                      'placement': 'bottom', 'calcs': []},
                           'tooltip': {'mode': 'single', 'sort': 'none'}})


def graph(title, description, targets, width, height, *, overrides=(), **field):
    return _time_series(title, description, targets, width, height, field,
                        {'drawStyle': 'line', 'fillOpacity': 8}, overrides)


def counts(title, description, target, width, height, *, overrides=(), **field):
    """How often something happened, as bars over time."""
    return _time_series(title, description, [target], width, height, field,
                        {'drawStyle': 'bars', 'fillOpacity': 60}, overrides)


def _time_series(title, description, targets, width, height, field, custom, overrides=()):
    return _panel('timeseries', title, description, targets, width, height,
                  {'color': {'mode': 'palette-classic'}, **field}, overrides=overrides,
                  custom={'lineWidth': 2, 'showPoints': 'never', 'spanNulls': False, 'axisSoftMin': 0,
                          **custom},
                  options={'legend': {'showLegend': True, 'displayMode': 'list',
                                      'placement': 'bottom', 'calcs': []},
                           'tooltip': {'mode': 'multi', 'sort': 'desc'}})


def bars(title, description, target, width, height, *, names='auto', **field):
    """The worst few of many series, as bars with numbers."""
    return _panel('bargauge', title, description, [target], width, height, field, options={
        'displayMode': 'basic', 'orientation': 'horizontal', 'valueMode': 'color',
        'showUnfilled': True, 'minVizWidth': 8, 'minVizHeight': 16, 'maxVizHeight': 60,
        'namePlacement': names, 'sizing': 'auto', 'text': {'titleSize': 14, 'valueSize': 16},
        'reduceOptions': {'calcs': ['lastNotNull'], 'fields': '', 'values': False}})


def table(title, description, targets, width, height, columns, *, sort=None, **field):
    """`columns` is {field of the queries: column()}, in the order in which they are shown; other
    fields are hidden. Queries are joined by the labels that they share."""
    hidden = {'Time': True, **{f'Value #{target["refId"]}': True for target in _lettered(targets)
                               if f'Value #{target["refId"]}' not in columns}}
    return _panel(
        'table', title, description, targets, width, height, field, custom={'align': 'left'},
        overrides=[_override(column['name'], column['properties']) for column in columns.values()],
        options={'showHeader': True, 'cellHeight': 'sm',
                 'sortBy': [{'displayName': sort, 'desc': True}] if sort else []},
        transformations=[
            {'id': 'merge', 'options': {}},
            {'id': 'organize', 'options': {
                'excludeByName': hidden,
                'indexByName': {field: place for place, field in enumerate(columns)},
                'renameByName': {field: column['name'] for field, column in columns.items()}}}])


def column(name, *, link=None, background=False, width=None, **field):
    """A column's name and how it is shown; `link` is (title, URL)."""
    properties = dict(field)
    if link:
        properties['links'] = [{'title': link[0], 'url': link[1], 'targetBlank': False}]
    if background:
        properties['custom.cellOptions'] = {'type': 'color-background', 'mode': 'basic'}
    if width:
        properties['custom.width'] = width
    return {'name': name, 'properties': properties}


def drawn(pattern, **custom):
    """An override of how the series whose names match are drawn."""
    return _override(f'/{pattern}/', {f'custom.{key}': value for key, value in custom.items()},
                     by='byRegexp')


def named(series, text, color):
    """An override of the name and the color of a series."""
    return _override(series, {'displayName': text, 'color': {'mode': 'fixed', 'fixedColor': color}})


def row(title, folded=()):
    """A heading. The `folded` panels below it are hidden until the user clicks."""
    return {'type': 'row', 'title': title, 'collapsed': bool(folded), 'panels': list(folded),
            'gridPos': {'w': 24, 'h': 1}}


def _override(name, properties, by='byName'):
    return {'matcher': {'id': by, 'options': name},
            'properties': [{'id': key, 'value': value} for key, value in properties.items()]}


def _lettered(targets):
    return [{'refId': chr(ord('A') + i), **target} for i, target in enumerate(targets)]


def coarse(panel, points):
    """The panel with at most so many points in time: what it reads of many series grows with them."""
    return {**panel, 'maxDataPoints': points}


def _panel(kind, title, description, targets, width, height, field, *, options, custom=None,
           overrides=(), transformations=()):
    defaults = {'color': {'mode': 'thresholds'}, 'mappings': [], 'thresholds': thresholds('green'),
                **field, **({'custom': custom} if custom else {})}
    return {'type': kind, 'title': title, 'description': description, 'datasource': DATASOURCE,
            'gridPos': {'w': width, 'h': height}, 'targets': _lettered(targets),
            'fieldConfig': {'defaults': defaults, 'overrides': list(overrides)},
            'options': options, 'transformations': list(transformations)}
