"""One network: the cause, its evidence as far as metrics show it, and links to the steps."""

from . import words
from .dashboard import AGENT_URL, annotation, dashboard, link, network_variable, variable
from .panels import (bars, column, counts, drawn, graph, query, row, stat, table, thresholds,
                     timeline)
from .queries import (age, agent_urls, agents, diagnosis, failures, firing_alerts, in_stage_order,
                      networks, verdicts)

DAY = 86400
WEEK = 7 * DAY
SUCCESSES = networks('cal_activation_last_success_timestamp_seconds') + ' * 1000'
RUNBOOK = ('Runbook: diagnose, resolve, verify', '${agent_url}/runbooks/${__data.fields.Probe}')
HISTORY = ('What the probe found, and its evidence',
           '${agent_url}/probes/${network}/${__value.raw}')


def make():
    return dashboard(
        'cal-network', 'CAL activation: network',
        'Why a CAL pack does not activate in one network: causes, reasons and steps.',
        [_answer(), [_causes(), _strengths()], [_verdicts()],
         [row('Connection to the activation service')], [_ladder()], [_endpoints(), _certificates()], [_stages()],
         [row('Accounts and rights')], [_accounts(), _rights()],
         [row('Licenses and packs')], _packs(), [_licenses(), _assigned()],
         [row('Events of the licensing server')], [_events(), _event_counts()],
         [row('Duration of the probes')], [_phases()],
         [row('Remote Desktop session hosts', folded=[_grace_periods()])]],
        variables=[
            network_variable(),
            variable('agent_url', 'Agent', f'query_result(({agent_urls()}) and on (job, instance) '
                     'cal_diagnosis_primary{site=~"$site", network="$network"})', hidden=True,
                     regex=AGENT_URL)],
        annotations=[
            annotation('Alerts', firing_alerts(), 'orange', title='{{alertname}}'),
            annotation('Failed activations', failures(), 'red', title='Activation failed',
                       at_value=True),
            annotation('Successful activations', SUCCESSES, 'green', title='Activation succeeded',
                       at_value=True),
            annotation('Reloads', '(' + agents(
                'cal_exporter_config_last_reload_success_timestamp_seconds') + ' and on (job, instance) '
                       + networks('cal_diagnosis_primary', cause='none') + ') * 1000', 'blue',
                       title='{{instance}} loaded its configuration', at_value=True)],
        links=[link("Agent's page", '${agent_url}/?search=${network}',
                    'The diagnosis in one sentence, with evidence and the first step')],
        since='now-24h', refresh='30s')


def _answer():
    return [
        stat('Most likely cause', 'The diagnosis, based on the findings of all probes. '
             "The agent's page explains it in a sentence, with the evidence and the first step.",
             query(diagnosis(), instant=True), 9, mappings=words.numbered(words.CAUSES),
             noValue='no data'),
        stat('Certainty', 'Certain: an event has a documented error code. Likely: the fault is '
             'present now. Possible: a deviation that may not prevent an activation.',
             query(f'max({networks("cal_diagnosis_strength")})', instant=True), 3,
             mappings=words.mapping(words.STRENGTHS), noValue='no data'),
        stat('Activation', 'Whether the last activation failed, according to the events of the '
             'licensing server. No data: activation_events is not configured or could not check.',
             query(f'max({networks("cal_activation_failing")})', instant=True), 3,
             mappings=words.mapping({0: ('✓ not failing', words.GREEN),
                                     1: ('✗ failing', words.RED)}), noValue='no data'),
        stat('Last failure', 'When an activation last failed.',
             query(f'max({failures()})', instant=True), 3, unit='dateTimeFromNow',
             noValue='none seen', thresholds=thresholds(words.BLUE)),
        stat('Last success', 'When an activation last succeeded.',
             query(f'max({SUCCESSES})', instant=True), 3, unit='dateTimeFromNow',
             noValue='none seen', thresholds=thresholds(words.BLUE)),
        stat('Licenses left', 'Installed minus assigned licenses, of the edition with the fewest left.',
             query(f'min({networks("cal_licenses_available")})', instant=True), 3, unit='none',
             noValue='no data', thresholds=thresholds(words.RED, (1, words.YELLOW),
                                                      (5, words.GREEN)))]


def _causes():
    return table(
        'Probes: verdict and reason',
        'Each probe with its verdict and the reason. The probe links to its evidence and history, '
        f'the reason to its runbook. {words.ABOUT_VERDICTS}',
        [query(f'max by (probe, reason) ({networks("cal_probe_reason_info")})', table=True),
         query(verdicts('probe'), table=True),
         query(f'max by (probe) ({age("cal_probe_last_run_timestamp_seconds")})', table=True),
         query(f'max by (probe) ({age("cal_probe_last_conclusive_timestamp_seconds")})',
               table=True)],
        14, 9,
        {'probe': column('Probe', link=HISTORY, width=220),
         'Value #B': column('Verdict', mappings=words.numbered(words.VERDICTS), background=True,
                            width=150),
         'reason': column('Reason', link=RUNBOOK, width=200),
         'Value #C': column('Age', unit='s', decimals=0, width=80),
         'Value #D': column('Last conclusive', unit='s', decimals=0)},
        sort='Verdict')


def _strengths():
    return timeline('Certainty of each cause', 'How certain each cause is, over time. There may be '
                    'several causes at once; the most certain one is the most likely cause.',
                    query(f'max by (cause) ({networks("cal_diagnosis_strength")})', '{{cause}}'),
                    10, 9, mappings=words.mapping(words.STRENGTHS))


def _verdicts():
    return timeline('Verdicts', f'What each probe found over time. {words.ABOUT_VERDICTS}', query(verdicts('probe'), '{{probe}}'), 24, 7,
                    mappings=words.numbered(words.VERDICTS))


def _ladder():
    stage = f'min by (endpoint, stage) ({networks("cal_endpoint_stage_success")})'
    return timeline('Stages to each endpoint', 'Each stage of the connection, from the network '
                    'interface to the content of the response. The first stage that failed is the '
                    'fault; later stages are not tested and show a gap.',
                    query(in_stage_order(stage), '{{endpoint}}  {{stage}}'), 24, 12,
                    mappings=words.yes_no('passed', 'failed'))


def _endpoints():
    reached = f'min by (endpoint) ({networks("cal_endpoint_reachable")})'
    trusted = f'min by (endpoint) ({networks("cal_endpoint_certificate_trusted")})'
    return timeline('Endpoints and their certificates', 'Whether each endpoint was reached, and whether '
                    "the agent's host trusts its certificate. An endpoint with tls_trust: report is "
                    'reached also if its issuer is not known, as that of activation.sls.microsoft.com '
                    'outside Windows.',
                    query(f'label_replace({reached}, "is", "reached", "", "") or '
                          f'label_replace({trusted}, "is", "certificate trusted", "", "")',
                          '{{endpoint}}  {{is}}'), 16, 8, mappings=words.yes_no('yes', 'no'))


def _stages():
    time = f'max by (endpoint, stage) ({networks("cal_endpoint_stage_duration_seconds")})'
    return graph('Duration of each stage', 'How long each stage that passed took. A stage that '
                 'becomes slower often fails next.',
                 [query(in_stage_order(time), '{{endpoint}}  {{stage}}')],
                 24, 7, unit='s')


def _certificates():
    return bars('Time until certificates expire', 'Time until the certificate of each endpoint '
                'expires. Below zero, it has expired.',
                query('min by (endpoint) '
                      f'({networks("cal_endpoint_certificate_not_after_timestamp_seconds")}) '
                      '- time()', '{{endpoint}}', instant=True), 8, 8, names='top',
                noValue='no certificate seen', unit='s', decimals=0, min=0,
                thresholds=thresholds(words.RED, (WEEK, words.YELLOW), (30 * DAY, words.GREEN)))


def _accounts():
    member = f'min by (account, group) ({networks("cal_account_member")})'
    usable = f'min by (account) ({networks("cal_account_usable")})'
    return timeline('Accounts', 'Whether each account is a member of its group, directly or through '
                    'other groups, and can sign in.',
                    query(f'label_replace({member}, "is", "is in", "", "") or '
                          f'label_replace({usable}, "is", "can sign in", "", "")',
                          '{{account}} {{is}} {{group}}'), 12, 8, mappings=words.yes_no('yes', 'no'))


def _rights():
    right = f'min by (object, trustee, right) ({networks("cal_directory_right_granted")})'
    owner = f'min by (object) ({networks("cal_directory_owner_matches")})'
    return timeline('Rights in the directory', 'Whether the licensing service may read and write '
                    'its object, and owns it. The trustee system_token decides; system_ace shows '
                    'only the entry for SYSTEM in the permissions dialog.',
                    query(f'{right} or label_replace({owner}, "right", "owner as expected", "", "")',
                          '{{trustee}} {{right}} on {{object}}'), 12, 8, mappings=words.yes_no('yes', 'no'))


def _licenses():
    left = f'min by (edition, license_kind) ({networks("cal_licenses_available")})'
    return graph('Licenses left, and the week ahead', 'Installed minus assigned licenses. The dashed '
                 'line is the forecast for one week later, from the change of the last week; if it is '
                 'below zero, licenses will run out.',
                 [query(left, '{{edition}} ({{license_kind}}): left'),
                  query(f'min by (edition, license_kind) ({networks("cal_licenses_available")} + '
                        f'delta({networks("cal_licenses_available")}[1w]))',
                        '{{edition}} ({{license_kind}}): in a week'),
                  query('max by (edition, license_kind) '
                        f'({networks("cal_licenses_installed")})',
                        '{{edition}} ({{license_kind}}): installed')],
                 16, 8, unit='none',
                 overrides=[drawn('in a week', lineStyle={'fill': 'dash', 'dash': [8, 6]},
                                  fillOpacity=0),
                            drawn('installed', fillOpacity=0)])


def _assigned():
    installed = f'max by (edition, license_kind) ({networks("cal_licenses_installed")})'
    left = f'min by (edition, license_kind) ({networks("cal_licenses_available")})'
    return bars('Assigned', 'Assigned licenses as a share of the installed ones. Above 100 % the edition '
                'is not compliant with the license terms.',
                query(f'1 - {left} / ({installed} > 0)', '{{edition}} ({{license_kind}})',
                      instant=True), 8, 8, names='top', unit='percentunit', decimals=0, min=0, max=1,
                noValue='no data',
                thresholds=thresholds(words.GREEN, (0.9, words.YELLOW), (1.0001, words.RED)))


def _packs():
    return [
        stat('Next pack', 'The planned pack, by the last characters of its key. A pack that is '
             'already in the installation history cannot be activated again.',
             query(f'max by (pack) ({networks("cal_pack_planned_installed")})', '{{pack}}',
                   instant=True), 8, text='value_and_name', noValue='none planned',
             mappings=words.mapping({0: ('✓ not in the history', words.GREEN),
                                     1: ('✗ already in the history', words.RED)})),
        stat('Packs installed twice', 'Packs that are in the installation history more than once.',
             query(f'max({networks("cal_pack_duplicates")})', instant=True), 4, unit='none',
             noValue='no data', thresholds=thresholds(words.GREEN, (1, words.RED))),
        stat('History entries', 'Installations in the history that the probe reads.',
             query(f'max({networks("cal_pack_history_entries")})', instant=True), 4, unit='none',
             noValue='no data', thresholds=thresholds(words.BLUE)),
        stat('Compliant', 'Whether no more licenses are assigned than installed, in every edition.',
             query(f'min({networks("cal_licenses_compliant")})', instant=True), 4,
             mappings=words.yes_no('yes', 'no'), noValue='no data'),
        stat('Next pack ends', 'When the first key pack of Remote Desktop licenses ends. EBS packs do not '
             'end.', query(f'min({networks("cal_license_pack_end_timestamp_seconds")}) * 1000',
                           instant=True), 4, unit='dateTimeFromNow', noValue='none ends',
             thresholds=thresholds(words.BLUE))]


def _events():
    return counts('Events', 'Licensing events at about the time when the agent read them, with the '
                  'cause that each indicates.',
                  query('max by (source, event_id, cause) (increase('
                        f'{networks("cal_license_events_total")}[$__rate_interval])) > 0',
                        '{{source}} {{event_id}} ({{cause}})'), 14, 8, unit='none', decimals=0,
                  noValue='no events')


def _event_counts():
    return table('Events in the time range', 'The number of licensing events in the time range, and '
                 'the cause that each indicates.',
                 [query('max by (source, event_id, cause) (increase('
                        f'{networks("cal_license_events_total")}[$__range])) > 0', table=True)],
                 10, 8,
                 {'source': column('Log', width=110), 'event_id': column('Event', width=70),
                  'cause': column('Cause', mappings=words.mapping(
                      {**words.CAUSES, 'none': ('–', words.GRAY)})),
                  'Value': column('Count', unit='none', decimals=0, width=70)}, sort='Count',
                 noValue='no events')


def _grace_periods():
    return bars('Time until grace periods end', 'Time until session hosts without a license server '
                'refuse connections.',
                query('min by (host) '
                      f'({networks("cal_session_host_grace_end_timestamp_seconds")}) - time()',
                      '{{host}}', instant=True), 24, 8, noValue='no session host in its grace period',
                unit='s', decimals=0, min=0,
                thresholds=thresholds(words.RED, (2 * WEEK, words.YELLOW), (60 * DAY, words.GREEN)))


def _phases():
    return graph('Duration of each phase', 'How long each phase of the last runs took. It shows '
                 'where a slow probe waits.',
                 [query(f'max by (probe, phase) ({networks("cal_probe_phase_duration_seconds")})',
                        '{{probe}} {{phase}}')], 24, 8, unit='s')
