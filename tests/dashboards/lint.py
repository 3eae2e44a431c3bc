"""The rules of grafana/dashboard-linter, which is not packaged: each takes a dashboard and returns its
violations. The dashboards' .lint lists the exceptions with their reasons."""

import re

JOB, INSTANCE = 'job=~"$job"', 'instance=~"$instance"'
DATASOURCE = '${datasource}'
# The units of Grafana that our panels use; slow_drawing.py checks them with Grafana's own code.
UNITS = {'none', 'short', 's', 'bytes', 'percentunit', 'dateTimeFromNow'}
COUNTERS = r'\b(?:cal|process)_\w+_total\b'


def panels_of(dashboard):
    """All panels except headings, including those in collapsed rows."""
    for panel in dashboard['panels']:
        yield from panel['panels'] if panel['type'] == 'row' else [panel]


def targets_of(dashboard):
    """(name for messages, target)"""
    return [(f'{panel["title"]}, target {index}', target) for panel in panels_of(dashboard)
            for index, target in enumerate(panel['targets'])]


def variables_of(dashboard, kind):
    return [each for each in dashboard['templating']['list'] if each['type'] == kind]


def selectors_of(expr):
    """The braces of each selector in a query; '' for a metric without braces."""
    return re.findall(r'\b(?:up|ALERTS|(?:cal|process|scrape)_\w+)(\{[^}]*\}|)', _without_texts(expr))


def _without_texts(expr):
    """Without by (…) and the like, where label names could look like metrics."""
    return re.sub(r'\b(by|on|group_left|group_right|without|ignoring) \([^)]*\)', r'\1', expr)


def data_source_variable(dashboard):
    if [(each['name'], each['label'], each['query'])
            for each in variables_of(dashboard, 'datasource')] != [
                ('datasource', 'Data source', 'prometheus')]:
        yield 'there must be one data source variable, datasource, "Data source"'


def _agent_variable(dashboard, name, label):
    found = [each for each in variables_of(dashboard, 'query') if each['name'] == name]
    if len(found) != 1:
        yield f'there must be one variable {name}'
        return
    wanted = {'label': label, 'multi': True, 'includeAll': True, 'allValue': '.+',
              'datasource': {'type': 'prometheus', 'uid': DATASOURCE}}
    for key, value in wanted.items():
        if found[0].get(key) != value:
            yield f'the variable {name} must have {key} = {value!r}'


def job_variable(dashboard):
    yield from _agent_variable(dashboard, 'job', 'Job')


def instance_variable(dashboard):
    yield from _agent_variable(dashboard, 'instance', 'Instance')


def variable_queries(dashboard):
    """test_queries.py checks with Prometheus that they are valid PromQL."""
    for each in variables_of(dashboard, 'query'):
        if not re.fullmatch(r'(?s)(label_values\(.+, \w+\)|query_result\(.+\))',
                            each['query']['query']):
            yield f'the variable {each["name"]} must query labels'


def variables_follow_the_time(dashboard):
    for each in variables_of(dashboard, 'query'):
        if each['refresh'] != 2:
            yield f'the variable {each["name"]} must be refreshed when the time range changes'


def panel_data_source(dashboard):
    for panel in panels_of(dashboard):
        for each in (panel, *panel['targets']):
            if each.get('datasource', {}).get('uid') != DATASOURCE:
                yield f'{panel["title"]} must use {DATASOURCE}'


def title_and_description(dashboard):
    for panel in panels_of(dashboard):
        if not panel.get('title') or not panel.get('description'):
            yield f'panel {panel["id"]} must have a title and a description'


def units(dashboard):
    for panel in panels_of(dashboard):
        defaults = panel['fieldConfig']['defaults']
        columns = [{each['id']: each['value'] for each in override['properties']}
                   for override in panel['fieldConfig']['overrides']]
        for field in [defaults, *columns]:
            if 'unit' in field and field['unit'] not in UNITS:
                yield f'{panel["title"]}: {field["unit"]} is not a unit'
        if panel['type'] != 'table' and not defaults['mappings'] and 'unit' not in defaults:
            yield f'{panel["title"]} must have a unit, or words for its values'


def panels_ask(dashboard):
    for panel in panels_of(dashboard):
        if not panel['targets']:
            yield f'{panel["title"]} must have a query'


def only_prometheus(dashboard):
    """For the two rules on LogQL, which our dashboards do not use."""
    for name, target in targets_of(dashboard):
        if target['datasource']['type'] != 'prometheus':
            yield f'{name} must query Prometheus'


def valid_promql(dashboard):
    """What can be checked without Prometheus; test_queries.py checks the rest."""
    for name, target in targets_of(dashboard):
        expr = target['expr']
        if not expr or any(expr.count(a) != expr.count(b) for a, b in ('()', '{}', '[]')):
            yield f'{name}: {expr!r} is not valid PromQL'


def rate_interval(dashboard):
    for name, target in targets_of(dashboard):
        for function, window in re.findall(r'\b(rate|irate|increase)\([^[]*\[([^]]*)\]',
                                           target['expr']):
            if window != '$__rate_interval':
                yield f'{name}: {function} must use $__rate_interval, not {window}'


def _every_selector(dashboard, matcher):
    for name, target in targets_of(dashboard):
        for selector in selectors_of(target['expr']):
            if matcher not in selector:
                yield f'{name} must select by {matcher}'


def selects_job(dashboard):
    yield from _every_selector(dashboard, JOB)


def selects_instance(dashboard):
    yield from _every_selector(dashboard, INSTANCE)


def counters_as_rates(dashboard):
    for name, target in targets_of(dashboard):
        expr = target['expr']
        if len(re.findall(COUNTERS, expr)) != len(
                re.findall(r'\b(?:rate|irate|increase)\(' + COUNTERS, expr)):
            yield f'{name}: a counter must be shown as a rate or an increase'


def not_editable(dashboard):
    if dashboard['editable']:
        yield 'the dashboard must not be editable'


# With the names that the linter uses.
RULES = {
    'template-datasource-rule': data_source_variable,
    'template-job-rule': job_variable,
    'template-instance-rule': instance_variable,
    'template-label-promql-rule': variable_queries,
    'template-on-time-change-reload-rule': variables_follow_the_time,
    'panel-datasource-rule': panel_data_source,
    'panel-title-description-rule': title_and_description,
    'panel-units-rule': units,
    'panel-no-targets-rule': panels_ask,
    'target-logql-rule': only_prometheus,
    'target-logql-auto-rule': only_prometheus,
    'target-promql-rule': valid_promql,
    'target-rate-interval-rule': rate_interval,
    'target-job-rule': selects_job,
    'target-instance-rule': selects_instance,
    'target-counter-agg-rule': counters_as_rates,
    'uneditable-dashboard-rule': not_editable,
}
