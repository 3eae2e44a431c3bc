"""Overview of all networks: which have a problem, since when, and which to look at first.

With 500 networks, what a panel reads matters: the tables and numbers are instant queries, the history reads only
networks that had a problem and has few points, and at most 20 networks are shown one by one."""

from . import words
from .dashboard import annotation, dashboard, network_variable, variable
from .panels import bars, coarse, column, counts, named, query, stat, table, thresholds, timeline
from .queries import (a_cause_is_found, age, agents, diagnosis, failures, firing_alerts, networks,
                      verdicts)

DAY = 86400
NONE_IS_GOOD = {'thresholds': thresholds(words.GREEN, (1, words.RED)), 'unit': 'none',
                'noValue': 'no data'}
TO_NETWORK = ('Causes, evidence and steps', '/d/cal-network/?var-network=${__value.raw}&'
              'var-site=${__data.fields.Site}&${datasource:queryparam}&${job:queryparam}&'
              '${instance:queryparam}&${__url_time_range}')


def _unhealthy(*matchers):
    """Of each network that has a problem, or had one in the time range: the share of the time, and 1 more if it
    has one now. A short time range may have no point of the subquery."""
    healthy = networks('cal_diagnosis_primary', *matchers, cause='none')
    return (f'(1 - {healthy} + 1 - avg_over_time({healthy}[$__range:10m])) > 0 or 1 - {healthy} > 0')


# Those that had it longest; only these are shown one by one.
UNHEALTHY = 'network=~"$unhealthy"'
OF_TROUBLED = 'network=~"$troubled"'
NAME = '/network="([^"]+)"/'


def make():
    return dashboard(
        'cal-overview', 'CAL activation: overview',
        'Why CAL packs do not activate, for all networks: their diagnoses and history.',
        [_how_many(), [_networks()], [_causes()], [_diagnoses()], [_verdicts()], _worst()],
        variables=[network_variable(several=True),
                   variable('unhealthy', 'Networks with a problem', f'query_result({_unhealthy()})',
                            several=True, everything=None, hidden=True, regex=NAME),
                   variable('troubled', 'Networks that are shown one by one',
                            f'query_result(topk(20, {_unhealthy(UNHEALTHY)}))', several=True,
                            everything=None, hidden=True, regex=NAME)],
        annotations=[annotation('Alerts', firing_alerts(), 'orange', title='{{alertname}} {{network}}'),
                     annotation('Failed activations', failures(), 'red', at_value=True,
                                title='{{network}}: activation failed'),
                     annotation('Reloads', agents(
                         'cal_exporter_config_last_reload_success_timestamp_seconds') + ' * 1000',
                                'green', title='{{instance}} loaded its configuration',
                                at_value=True, enabled=False)],
        since='now-24h', refresh='1m')


def _how_many():
    return [
        stat('With a cause', 'Networks where a cause was found that prevents activations. '
             'The table below names the cause; the network dashboard links to the steps that fix it.',
             query(f'sum(max by (site, network) ({a_cause_is_found()}))', instant=True), 3, **NONE_IS_GOOD),
        stat('Failing', 'Networks whose last activation failed, according to the events '
             'of the licensing server. Needs the probe activation_events.',
             query(f'sum(max by (site, network) ({networks("cal_activation_failing")}))', instant=True), 3, **NONE_IS_GOOD),
        stat('Cannot tell', 'Networks where no cause was found, but some could not be checked. Fix '
             'the probes that could not check before you rely on this result.',
             query('sum(max by (site, network) '
                   f'({networks("cal_diagnosis_primary", cause="cannot_tell")}))', instant=True), 3, **{**NONE_IS_GOOD, 'thresholds': thresholds(words.GREEN, (1, words.YELLOW))}),
        stat('Not reached', 'Endpoints of the activation service that the agents cannot '
             'reach.', query('sum(1 - min by (site, network, endpoint) '
                             f'({networks("cal_endpoint_reachable")}))', instant=True), 3,
             **NONE_IS_GOOD),
        stat('Not compliant', 'Editions of licenses of which more are assigned than installed.',
             query('sum(1 - min by (site, network, edition, license_kind) '
                   f'({networks("cal_licenses_compliant")}))', instant=True), 3, **NONE_IS_GOOD),
        stat('Fewest left', 'Installed minus assigned licenses, of the edition with the '
             'fewest left. Below zero, more are assigned than installed.',
             query(f'min({networks("cal_licenses_available")})', instant=True), 3, unit='none',
             noValue='no data', thresholds=thresholds(words.RED, (1, words.YELLOW),
                                                      (5, words.GREEN))),
        stat('Oldest result', 'Age of the oldest result of any probe. If it is much more than the '
             'interval of the probe, the agent hangs or is overloaded.',
             query(f'max({age("cal_probe_last_run_timestamp_seconds")})', instant=True), 3,
             unit='s', decimals=0, noValue='no data',
             thresholds=thresholds(words.GREEN, (900, words.YELLOW), (3600, words.RED))),
        stat('Agents down', 'Agents that Prometheus cannot scrape. Their networks are not '
             'monitored.',
             query(f'sum(1 - {agents("up")})', instant=True), 3, **NONE_IS_GOOD)]


def _networks():
    def each(how, expression):
        return query(f'{how} by (site, network) ({expression})', table=True)
    return table(
        'Networks, most certain cause first',
        'One row per network: the most likely cause, how certain it is, whether activations fail, and how '
        'old the results are. Compliant: no more licenses are assigned than installed. The name '
        'links to the dashboard of the network.',
        [query(f'max by (site, network, cause) ({networks("cal_diagnosis_primary")} == 1)',
               table=True),
         each('max', networks('cal_diagnosis_strength')),
         each('max', networks('cal_activation_failing')),
         query(f'max by (site, network) ({networks("cal_activation_last_failure_timestamp_seconds")})'
               ' * 1000', table=True),
         each('min', networks('cal_endpoint_reachable')),
         each('min', networks('cal_licenses_compliant')),
         each('min', networks('cal_licenses_available')),
         query(f'min by (site, network) ({networks("cal_license_pack_end_timestamp_seconds")}) * 1000',
               table=True),
         each('sum', 'max by (site, network, probe) '
                     f'({networks("cal_probe_verdict", verdict="unknown")})'),
         each('max', age('cal_probe_last_run_timestamp_seconds'))],
        24, 8,
        {'site': column('Site', width=100),
         'network': column('Network', link=TO_NETWORK, width=130),
         'cause': column('Diagnosis', mappings=words.mapping(words.CAUSES), background=True,
                         width=230),
         'Value #B': column('Certainty', mappings=words.mapping(words.STRENGTHS), width=90),
         'Value #C': column('Activation', width=120, background=True,
                            mappings=words.mapping({0: ('✓ not failing', words.GREEN),
                                                    1: ('✗ failing', words.RED)})),
         'Value #D': column('Last failure', unit='dateTimeFromNow', noValue='none seen', width=120),
         'Value #E': column('Endpoints', mappings=words.yes_no('reached', 'not all'), width=90),
         'Value #F': column('Compliant', mappings=words.yes_no('yes', 'no'), width=85),
         'Value #G': column('Licenses left', unit='none', width=105),
         'Value #H': column('Pack ends', unit='dateTimeFromNow', noValue='never', width=95),
         'Value #I': column('Could not check', unit='none', width=130),
         'Value #J': column('Oldest result', unit='s', decimals=0)},
        sort='Certainty')


def _causes():
    found = networks('cal_diagnosis_primary', 'cause!="none"', UNHEALTHY)
    return coarse(counts(
        'Networks by cause', 'How many networks had each cause over time. Cannot tell: a cause could '
        'not be checked. A problem of less than ten minutes may be missing.',
        query(f'count by (cause) (group by (site, network, cause) ({found} == 1))', '{{cause}}'),
        24, 6, overrides=[named(cause, text, words.SHADES[cause]) for cause, (text, _) in words.CAUSES.items()
                          if cause != 'none'],
        unit='none', decimals=0, noValue='no network had a cause'), 100)


def _diagnoses():
    return coarse(timeline(
        'Diagnosis', 'The most likely cause over time, in each network that has or had a problem (at '
        'most 20, the longest first). A gap means that the agent did not answer.',
        query(diagnosis(OF_TROUBLED), '{{site}} {{network}}'), 24, 6,
        mappings=words.numbered(words.CAUSES), noValue='no network had a problem'), 300)


def _verdicts():
    return coarse(timeline(
        'Verdicts', 'What each probe found in the networks that have or had a problem. '
        + words.ABOUT_VERDICTS,
        query(verdicts('site, network, probe', OF_TROUBLED), '{{site}} {{network}} {{probe}}'), 24, 9,
        mappings=words.numbered(words.VERDICTS), noValue='no network had a problem'), 300)


def _worst():
    return [
        bars('Fewest licenses left', 'The ten editions with the fewest licenses left.',
             query('bottomk(10, min by (site, network, edition, license_kind) '
                   f'({networks("cal_licenses_available")}))',
                   '{{site}} {{network}} {{edition}} ({{license_kind}})', instant=True), 8, 9, unit='none',
             min=0, thresholds=thresholds(words.RED, (1, words.YELLOW), (5, words.GREEN))),
        bars('Packs that end next', 'Time until key packs of Remote Desktop licenses end; their licenses '
             'no longer count then. EBS packs do not end.',
             query('bottomk(10, min by (site, network, edition, license_kind) '
                   f'({networks("cal_license_pack_end_timestamp_seconds")}) - time())',
                   '{{site}} {{network}} {{edition}} ({{license_kind}})', instant=True), 8, 9, unit='s',
             decimals=0, min=0, noValue='no pack ends',
             thresholds=thresholds(words.RED, (7 * DAY, words.YELLOW), (30 * DAY, words.GREEN))),
        bars('Oldest data', 'The ten oldest files that probes read: exports and event logs from the '
             'licensing server. If a file is older than max_age, its probe could not check.',
             query('topk(10, max by (site, network, probe) '
                   f'({age("cal_source_data_timestamp_seconds")}))', '{{site}} {{network}} {{probe}}',
                   instant=True), 8, 9, unit='s', decimals=0, min=0,
             thresholds=thresholds(words.GREEN, (DAY, words.YELLOW), (7 * DAY, words.RED)))]
