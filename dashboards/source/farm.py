"""A Remote Desktop farm: which session hosts refuse users now or from when, why, and which licenses end."""

from . import words
from .dashboard import AGENT_URL, annotation, dashboard, link, network_variable, variable
from .panels import bars, column, graph, query, row, stat, table, thresholds, timeline
from .queries import agent_urls, firing_alerts, networks

DAY = 86400
HOST_STATES = {0: ('✓ gives licenses', words.GREEN), 1: ('✗ refuses users', words.RED)}


def make():
    return dashboard(
        'cal-farm', 'CAL activation: Remote Desktop farm',
        'Which session hosts of a network refuse users for lack of a license, why, and from when.',
        [_answer(), [_reasons(), _states()], [_hosts()], [_dates(), _servers()],
         [row('Licenses')], [_ending(), _packs()]],
        variables=[
            network_variable(),
            variable('agent_url', 'Agent', f'query_result(({agent_urls()}) and on (job, instance) '
                     'cal_diagnosis_primary{site=~"$site", network="$network"})', hidden=True,
                     regex=AGENT_URL)],
        annotations=[annotation('Alerts', firing_alerts(), 'orange', title='{{alertname}}')],
        links=[link("Agent's page", '${agent_url}/?search=${network}',
                    'The diagnosis in one sentence, with evidence and the first step'),
               link('Licenses', '${agent_url}/licenses',
                    'What ends in the next 13 weeks, and what to buy by which date')],
        since='now-7d', refresh='1m')


def _of_state(title, state, description, *steps):
    return stat(title, description, query(
        f'max({networks("cal_session_hosts", state=state)})', instant=True), 4, unit='none',
        decimals=0, noValue='no data', thresholds=thresholds(*steps))


def _answer():
    return [
        _of_state('Refuse users', 'refusing', 'Session hosts that refuse users now. Administrators still '
                  'get in with mstsc /admin.', words.GREEN, (1, words.RED)),
        _of_state('Need attention', 'warning', 'Session hosts that work now and have a fault: the table '
                  'below has the reasons.', words.GREEN, (1, words.YELLOW)),
        _of_state('Not known', 'unknown', 'Session hosts that could not be checked: no export, an old one, '
                  'or missing rights.', words.GREEN, (1, words.YELLOW)),
        _of_state('Licensed', 'licensed', 'Session hosts that give a license to a user who signs in now.',
                  words.BLUE),
        stat('Temporary licenses', 'Devices that live on a temporary license and are refused when it ends, '
             'within 90 days.',
             query(f'sum(max by (server) ({networks("cal_license_server_temporary_licenses")}))',
                   instant=True), 4, unit='none', decimals=0, noValue='no data',
             thresholds=thresholds(words.GREEN, (1, words.YELLOW))),
        stat('Data', 'Age of the oldest export that was used.',
             query('min(' + networks('cal_source_data_timestamp_seconds', probe='session_host_licensing')
                   + ') * 1000', instant=True), 4, unit='dateTimeFromNow', noValue='no data',
             thresholds=thresholds(words.BLUE))]


def _reasons():
    return table('Reasons', 'How many session hosts have each reason. It links to the runbook.',
                 [query('max by (reason) (' + networks('cal_session_hosts_by_reason') + ')', table=True)],
                 10, 8,
                 {'reason': column('Reason', link=('Runbook: diagnose, resolve, verify',
                                                   '${agent_url}/runbooks/session_host_licensing')),
                  'Value': column('Hosts', unit='none', decimals=0, width=90)}, sort='Hosts',
                 noValue='no data')


def _states():
    return graph('Session hosts by state', 'How many session hosts refuse users, have a fault, are licensed '
                 'or could not be checked.',
                 [query(f'max by (state) ({networks("cal_session_hosts")})', '{{state}}')], 14, 8,
                 unit='none', decimals=0)


def _hosts():
    return timeline('Refused users', 'Each session host over time. No line while it is not known whether it '
                    'refuses users.',
                    query(f'max by (host) ({networks("cal_session_host_refusing")})', '{{host}}'), 24, 9,
                    mappings=words.mapping(HOST_STATES))


def _dates():
    return bars('Refuse users from', 'Time until session hosts refuse users or devices unless something is '
                'done.',
                query('min by (host) ('
                      f'{networks("cal_session_host_refusing_from_timestamp_seconds")}) - time()',
                      '{{host}}', instant=True), 12, 8, noValue='no date', unit='s', decimals=0, min=0,
                thresholds=thresholds(words.RED, (14 * DAY, words.YELLOW), (60 * DAY, words.GREEN)))


def _servers():
    return timeline('License servers activated', 'A license server that is not activated issues only '
                    'temporary licenses.',
                    query(f'min by (server) ({networks("cal_license_server_activated")})', '{{server}}'),
                    12, 8, mappings=words.yes_no('activated', 'not activated'))


def _ending():
    return bars('Licenses that end unless they are renewed', 'Issued licenses that end within 7, 30 and 90 '
                'days: at most so many come back.',
                query(f'max by (horizon) ({networks("cal_licenses_ending")})', '{{horizon}}',
                      instant=True), 12, 6, unit='none', decimals=0, min=0, noValue='not known',
                thresholds=thresholds(words.BLUE))


def _packs():
    return stat('Next pack ends', 'When the first key pack of Remote Desktop licenses ends '
                '(license_compliance).',
                query(f'min({networks("cal_license_pack_end_timestamp_seconds")}) * 1000', instant=True),
                12, unit='dateTimeFromNow', noValue='none ends', thresholds=thresholds(words.BLUE))
