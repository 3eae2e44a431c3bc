"""Network: one network. What is the cause, what is the evidence that metrics hold, and what to do."""

from . import words
from .dashboard import AGENT_URL, annotation, dashboard, link, variable
from .panels import (bars, column, counts, drawn, graph, query, row, stat, table, thresholds,
                     timeline)
from .queries import age, agent_urls, diagnosis, in_ladder_order, networks, verdicts

DAY = 86400
WEEK = 7 * DAY
RUNBOOK = ('Runbook: diagnose, resolve, verify', '${agent_url}/runbooks/${__data.fields.Probe}')
HISTORY = ('What the probe found, and its evidence',
           '${agent_url}/probes/${network}/${__value.raw}')


def make():
    return dashboard(
        'cal-network', 'CAL activation: network',
        'Why the CAL pack of one network does not activate: the causes, their reasons and steps.',
        [_answer(), [_causes(), _strengths()], [_verdicts()],
         [row('Can the activation service be reached?')], [_ladder()], [_stages(), _certificates()],
         [row('May the account and the service do it?')], [_accounts(), _rights()],
         [row('Licenses and packs')], _packs(), [_licenses()],
         [row('Events of the licensing server')], [_events(), _event_counts()],
         [row('How long the probes take')], [_phases()],
         [row('Remote Desktop session hosts', folded=[_grace_periods()])]],
        variables=[
            variable('network', 'Network', 'label_values(cal_diagnosis_primary{job=~"$job", '
                     'instance=~"$instance"}, network)'),
            variable('agent_url', 'Agent', f'query_result(({agent_urls()}) and on (job, instance) '
                     'cal_diagnosis_primary{network="$network"})', hidden=True,
                     regex=AGENT_URL)],
        annotations=[
            annotation('Alerts', 'ALERTS{alertstate="firing", network="$network"}', 'orange',
                       title='{{alertname}}'),
            annotation('Failed activations', _milliseconds('failure'), 'red',
                       title='Activation failed', at_value=True),
            annotation('Successful activations', _milliseconds('success'), 'green',
                       title='Activation worked', at_value=True)],
        links=[link("Agent's page", '${agent_url}/?search=${network}',
                    'The diagnosis in one sentence, with evidence and first step')],
        since='now-24h', refresh='30s')


def _milliseconds(outcome):
    return networks(f'cal_activation_last_{outcome}_timestamp_seconds') + ' * 1000'


def _answer():
    return [
        stat('Most likely cause', 'The diagnosis, which weighs what all probes found. '
             "The agent's page says it in a sentence, with the evidence and the first step.",
             query(diagnosis(), instant=True), 9, mappings=words.numbered(words.CAUSES),
             noValue='no data'),
        stat('How sure', 'Certain: an event with a documented error code. Likely: a fault that is '
             'there now. Possible: a deviation that need not stop an activation.',
             query(f'max({networks("cal_diagnosis_strength")})', instant=True), 3,
             mappings=words.mapping(words.STRENGTHS), noValue='no data'),
        stat('Activation', 'Whether the last activation failed, by the events of the licensing '
             'server. No data: activation_events is not configured or cannot tell.',
             query(f'max({networks("cal_activation_failing")})', instant=True), 3,
             mappings=words.mapping({0: ('✓ not failing', words.GREEN),
                                     1: ('✗ failing', words.RED)}), noValue='no data'),
        stat('Last failure', 'When an activation last failed.',
             query(f'max({_milliseconds("failure")})', instant=True), 3, unit='dateTimeFromNow',
             noValue='none seen', thresholds=thresholds(words.BLUE)),
        stat('Last success', 'When an activation last worked.',
             query(f'max({_milliseconds("success")})', instant=True), 3, unit='dateTimeFromNow',
             noValue='none seen', thresholds=thresholds(words.BLUE)),
        stat('Licenses left', 'Installed minus assigned, of the edition that has the fewest left.',
             query(f'min({networks("cal_licenses_available")})', instant=True), 3, unit='none',
             noValue='no data', thresholds=thresholds(words.RED, (1, words.YELLOW),
                                                      (5, words.GREEN)))]


def _causes():
    return table(
        'Probes: verdict and reason',
        'Each probe with the reason of its verdict. The probe leads to its evidence and history, '
        'the reason to its runbook: diagnose, resolve, verify.',
        [query(f'max by (probe, reason) ({networks("cal_probe_reason_info")})', table=True),
         query(verdicts('probe'), table=True),
         query(f'max by (probe) ({age("cal_probe_last_run_timestamp_seconds")})', table=True),
         query(f'max by (probe) ({age("cal_probe_last_conclusive_timestamp_seconds")})',
               table=True)],
        14, 9,
        {'probe': column('Probe', link=HISTORY, width=220),
         'Value #B': column('Verdict', mappings=words.numbered(words.VERDICTS), background=True,
                            width=110),
         'reason': column('Reason', link=RUNBOOK, width=200),
         'Value #C': column('Looked', unit='s', decimals=0, width=90),
         'Value #D': column('Could tell', unit='s', decimals=0)},
        sort='Verdict')


def _strengths():
    return timeline('What points to each cause', 'How sure the findings are of each cause, over '
                    'time. Several may be there at once; the surest is the most likely cause.',
                    query(f'max by (cause) ({networks("cal_diagnosis_strength")})', '{{cause}}'),
                    10, 9, mappings=words.mapping(words.STRENGTHS))


def _verdicts():
    return timeline('Verdicts', 'What each probe found over time. Unknown is neither good nor bad: '
                    'the probe could not tell.', query(verdicts('probe'), '{{probe}}'), 24, 7,
                    mappings=words.numbered(words.VERDICTS))


def _ladder():
    stage = f'min by (endpoint, stage) ({networks("cal_endpoint_stage_success")})'
    return timeline('The ladder to each endpoint', 'Each rung from the network interface to the '
                    'content of the answer. The lowest broken rung is the fault; what lies beyond '
                    'it is not tested and has a gap.',
                    query(in_ladder_order(stage), '{{endpoint}}  {{stage}}'), 24, 12,
                    mappings=words.yes_no('passed', 'broken'))


def _stages():
    time = f'max by (endpoint, stage) ({networks("cal_endpoint_stage_duration_seconds")})'
    return graph('Time of each rung', 'How long each passed rung took. A rung that grows slower '
                 'often breaks next.', [query(in_ladder_order(time), '{{endpoint}}  {{stage}}')],
                 16, 8, unit='s')


def _certificates():
    return bars('Certificates are valid for', 'Time until the certificate of each endpoint expires; '
                'below zero it has.',
                query('min by (endpoint) '
                      f'({networks("cal_endpoint_certificate_not_after_timestamp_seconds")}) '
                      '- time()', '{{endpoint}}', instant=True), 8, 8, names='top',
                noValue='no certificate was seen', unit='s', decimals=0, min=0,
                thresholds=thresholds(words.RED, (WEEK, words.YELLOW), (30 * DAY, words.GREEN)))


def _accounts():
    member = f'min by (account, group) ({networks("cal_account_member")})'
    usable = f'min by (account) ({networks("cal_account_usable")})'
    return timeline('Accounts', 'Whether each account is in its group, directly or through others, '
                    'and could log on.',
                    query(f'label_replace({member}, "is", "is in", "", "") or '
                          f'label_replace({usable}, "is", "can log on", "", "")',
                          '{{account}} {{is}} {{group}}'), 12, 8, mappings=words.yes_no('yes', 'no'))


def _rights():
    right = f'min by (object, trustee, right) ({networks("cal_directory_right_granted")})'
    owner = f'min by (object) ({networks("cal_directory_owner_matches")})'
    return timeline('Rights in the directory', 'Whether the licensing service may read and write '
                    'its object and owns it. The trustee system_token decides; system_ace is what '
                    "the dialog's entry for SYSTEM says alone.",
                    query(f'{right} or label_replace({owner}, "right", "owner as expected", "", "")',
                          '{{trustee}} {{right}} on {{object}}'), 12, 8, mappings=words.yes_no('yes', 'no'))


def _licenses():
    left = f'min by (edition, license_kind) ({networks("cal_licenses_available")})'
    return graph('Licenses left, and the week ahead', 'Installed minus assigned. The dashed line '
                 'is where a week like the last day leads; below zero the licenses will run out.',
                 [query(left, '{{edition}} ({{license_kind}}): left'),
                  query('min by (edition, license_kind) (predict_linear('
                        f'{networks("cal_licenses_available")}[1d], {WEEK}))',
                        '{{edition}} ({{license_kind}}): in a week'),
                  query('max by (edition, license_kind) '
                        f'({networks("cal_licenses_installed")})',
                        '{{edition}} ({{license_kind}}): installed')],
                 24, 8, unit='none',
                 overrides=[drawn('in a week', lineStyle={'fill': 'dash', 'dash': [8, 6]},
                                  fillOpacity=0),
                            drawn('installed', fillOpacity=0)])


def _packs():
    return [
        stat('Pack that comes next', 'The planned pack, by the last characters of its key. Already '
             'in the installation history: it cannot be activated again.',
             query(f'max by (pack) ({networks("cal_pack_planned_installed")})', '{{pack}}',
                   instant=True), 10, text='value_and_name', noValue='none planned',
             mappings=words.mapping({0: ('✓ not in the history', words.GREEN),
                                     1: ('✗ in the history already', words.RED)})),
        stat('Packs installed twice', 'Packs that the installation history has more than once.',
             query(f'max({networks("cal_pack_duplicates")})', instant=True), 7, unit='none',
             noValue='no data', thresholds=thresholds(words.GREEN, (1, words.RED))),
        stat('Entries of the history', 'Installations in the history that the probe reads.',
             query(f'max({networks("cal_pack_history_entries")})', instant=True), 7, unit='none',
             noValue='no data', thresholds=thresholds(words.BLUE))]


def _events():
    return counts('Events', 'Licensing events at about the time when the agent met them, with the '
                  'cause that each points to.',
                  query('sum by (source, event_id, cause) (increase('
                        f'{networks("cal_license_events_total")}[$__rate_interval])) > 0',
                        '{{source}} {{event_id}} ({{cause}})'), 14, 8, unit='none', decimals=0,
                  noValue='no event')


def _event_counts():
    return table('Events in this time', 'How many licensing events there were in the time that is '
                 'shown, and what each points to.',
                 [query('sum by (source, event_id, cause) (increase('
                        f'{networks("cal_license_events_total")}[$__range])) > 0', table=True)],
                 10, 8,
                 {'source': column('Log', width=110), 'event_id': column('Event', width=70),
                  'cause': column('Points to', mappings=words.mapping(
                      {**words.CAUSES, 'none': ('–', words.GRAY)})),
                  'Value': column('Count', unit='none', decimals=0, width=70)}, sort='Count',
                 noValue='no event')


def _grace_periods():
    return bars('Grace periods end in', 'Time until session hosts that have no license server turn '
                'users away; over when it is gone.',
                query('min by (host) '
                      f'({networks("cal_session_host_grace_end_timestamp_seconds")}) - time()',
                      '{{host}}', instant=True), 24, 8, noValue='no session host has one',
                unit='s', decimals=0, min=0,
                thresholds=thresholds(words.RED, (2 * WEEK, words.YELLOW), (60 * DAY, words.GREEN)))


def _phases():
    return graph('Time of each phase', 'How long each phase of the last runs took: where a slow '
                 'probe waits.',
                 [query(f'max by (probe, phase) ({networks("cal_probe_phase_duration_seconds")})',
                        '{{probe}} {{phase}}')], 24, 8, unit='s')
