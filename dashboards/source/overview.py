"""Overview of all networks: which have a problem, since when, and which to look at first."""

from . import words
from .dashboard import annotation, dashboard, variable
from .panels import bars, column, query, stat, table, thresholds, timeline
from .queries import a_cause_is_found, age, agents, diagnosis, networks, verdicts

DAY = 86400
NONE_IS_GOOD = {'thresholds': thresholds(words.GREEN, (1, words.RED)), 'unit': 'none',
                'noValue': 'no data'}
TO_NETWORK = ('Causes, evidence and steps', '/d/cal-network/?var-network=${__value.raw}&'
              '${datasource:queryparam}&${job:queryparam}&${instance:queryparam}&'
              '${__url_time_range}')


def make():
    return dashboard(
        'cal-overview', 'CAL activation: overview',
        'Why CAL packs do not activate, for all networks: their diagnoses and history.',
        [_how_many(), [_networks()], [_diagnoses()], [_verdicts()], _worst()],
        variables=[variable('network', 'Network',
                            'label_values(cal_diagnosis_primary{job=~"$job", '
                            'instance=~"$instance"}, network)', several=True)],
        annotations=[annotation('Alerts', 'ALERTS{alertstate="firing", alertname=~"Cal.+", '
                                'job=~"$job", instance=~"$instance"}', 'orange',
                                title='{{alertname}} {{network}}')],
        since='now-24h', refresh='1m')


def _how_many():
    return [
        stat('Networks with a cause', 'Networks where a cause was found that prevents activations. '
             'The table below names the cause; the network dashboard links to the steps that fix it.',
             query(f'sum({a_cause_is_found()})', instant=True), 4, **NONE_IS_GOOD),
        stat('Activations failing', 'Networks whose last activation failed, according to the events '
             'of the licensing server. Needs the probe activation_events.',
             query(f'sum({networks("cal_activation_failing")})', instant=True), 4, **NONE_IS_GOOD),
        stat('Cannot tell', 'Networks where no cause was found, but some could not be checked. Fix '
             'the probes that could not check before you rely on this result.',
             query(f'sum({networks("cal_diagnosis_primary", cause="cannot_tell")})', instant=True),
             4, **{**NONE_IS_GOOD, 'thresholds': thresholds(words.GREEN, (1, words.YELLOW))}),
        stat('Fewest licenses left', 'Installed minus assigned licenses, of the edition with the '
             'fewest left. Below zero, more are assigned than installed.',
             query(f'min({networks("cal_licenses_available")})', instant=True), 4, unit='none',
             noValue='no data', thresholds=thresholds(words.RED, (1, words.YELLOW),
                                                      (5, words.GREEN))),
        stat('Oldest result', 'Age of the oldest result of any probe. If it is much more than the '
             'interval of the probe, the agent hangs or is overloaded.',
             query(f'max({age("cal_probe_last_run_timestamp_seconds")})', instant=True), 4,
             unit='s', decimals=0, noValue='no data',
             thresholds=thresholds(words.GREEN, (900, words.YELLOW), (3600, words.RED))),
        stat('Agents down', 'Agents that Prometheus cannot scrape. Their networks are not '
             'monitored.',
             query(f'sum(1 - {agents("up")})', instant=True), 4, **NONE_IS_GOOD)]


def _networks():
    return table(
        'Networks, most certain cause first',
        'One row per network: the most likely cause, how certain it is, whether activations fail, '
        'and how old the results are. The name links to the dashboard of the network.',
        [query(f'max by (network, cause) ({networks("cal_diagnosis_primary")} == 1)', table=True),
         query(f'max by (network) ({networks("cal_diagnosis_strength")})', table=True),
         query(f'max by (network) ({networks("cal_activation_failing")})', table=True),
         query('max by (network) '
               f'({networks("cal_activation_last_failure_timestamp_seconds")}) * 1000', table=True),
         query(f'min by (network) ({networks("cal_licenses_available")})', table=True),
         query(f'sum by (network) ({networks("cal_probe_verdict", verdict="unknown")})',
               table=True),
         query(f'max by (network) ({age("cal_probe_last_run_timestamp_seconds")})', table=True)],
        24, 6,
        {'network': column('Network', link=TO_NETWORK, width=150),
         'cause': column('Diagnosis', mappings=words.mapping(words.CAUSES), background=True,
                         width=300),
         'Value #B': column('Certainty', mappings=words.mapping(words.STRENGTHS), width=110),
         'Value #C': column('Activation', width=130, background=True,
                            mappings=words.mapping({0: ('✓ not failing', words.GREEN),
                                                    1: ('✗ failing', words.RED)})),
         'Value #D': column('Last failure', unit='dateTimeFromNow', noValue='none seen', width=160),
         'Value #E': column('Licenses left', unit='none', width=120),
         'Value #F': column('Could not check', unit='none', width=140),
         'Value #G': column('Oldest result', unit='s', decimals=0)},
        sort='Certainty')


def _diagnoses():
    return timeline('Diagnosis', 'The most likely cause in each network over time. A gap means that '
                    'the agent did not answer.', query(diagnosis(), '{{network}}'), 24, 5,
                    mappings=words.numbered(words.CAUSES))


def _verdicts():
    return timeline('Verdicts', f'What each probe found in each network. {words.ABOUT_VERDICTS}',
                    query(verdicts('network, probe'), '{{network}} {{probe}}'), 24, 9,
                    mappings=words.numbered(words.VERDICTS))


def _worst():
    return [
        bars('Fewest licenses left', 'The ten editions with the fewest licenses left.',
             query('bottomk(10, min by (network, edition, license_kind) '
                   f'({networks("cal_licenses_available")}))',
                   '{{network}} {{edition}} ({{license_kind}})', instant=True), 12, 9, unit='none',
             min=0, thresholds=thresholds(words.RED, (1, words.YELLOW), (5, words.GREEN))),
        bars('Oldest data', 'The ten oldest files that probes read: exports and event logs from the '
             'licensing server. If a file is older than max_age, its probe could not check.',
             query('topk(10, max by (network, probe) '
                   f'({age("cal_source_data_timestamp_seconds")}))', '{{network}} {{probe}}',
                   instant=True), 12, 9, unit='s', decimals=0, min=0,
             thresholds=thresholds(words.GREEN, (DAY, words.YELLOW), (7 * DAY, words.RED)))]

