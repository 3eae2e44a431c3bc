"""Agent: the exporter itself. What does it cost, and does it keep up?"""

from . import words
from .dashboard import AGENT_URL, annotation, dashboard, link, variable
from .panels import bars, graph, query, row, stat, thresholds, timeline
from .queries import age, agent_urls, agents


def make():
    return dashboard(
        'cal-agent', 'CAL activation: agent',
        'What cal_exporter itself costs, whether it keeps up, and whether its configuration is in '
        'force.',
        [_state(), [row('What it costs')], [_scrapes(), _processor()], [_memory(), _descriptors()],
         [row('Whether it keeps up')], [_durations(), _shares()], [_overruns(), _waiting()],
         [row('Configuration and event log')], [_reloads(), _lost()]],
        variables=[variable('agent_url', 'Agent', f'query_result({agent_urls()})', hidden=True,
                            regex=AGENT_URL)],
        annotations=[
            annotation('Starts', agents('process_start_time_seconds') + ' * 1000', 'blue',
                       title='{{instance}} started', at_value=True),
            annotation('Reloads', agents('cal_exporter_config_last_reload_success_timestamp_seconds')
                       + ' * 1000', 'green', title='{{instance}} read its configuration',
                       at_value=True)],
        links=[link('Configuration in force', '${agent_url}/config', 'Passwords are masked'),
               link("Agent's page", '${agent_url}/', 'Every network that the agent watches')],
        since='now-6h', refresh='30s')


def _state():
    return [
        stat('Agents up', 'Agents that Prometheus reaches, of the chosen ones.',
             query(f'sum({agents("up")})', instant=True), 4, unit='none',
             thresholds=thresholds(words.RED, (1, words.GREEN))),
        stat('Configuration', 'Whether every agent runs with its file as it is now. Refused: the '
             'file has a mistake, and the configuration before stays in force; the log names the '
             'line.',
             query(f'min({agents("cal_exporter_config_last_reload_successful")})', instant=True), 4,
             mappings=words.yes_no('in force', 'refused')),
        stat('Version', 'The version of each agent.',
             query(f'count by (version) ({agents("cal_exporter_build_info")})', '{{version}}',
                   instant=True), 4, text='name', unit='none', thresholds=thresholds(words.BLUE)),
        stat('Last started', 'When the agent that started last did so.',
             query(f'max({agents("process_start_time_seconds")}) * 1000', instant=True), 4,
             unit='dateTimeFromNow', thresholds=thresholds(words.BLUE)),
        stat('Probes', 'Probes that run, of all networks.',
             query(f'count({agents("cal_probe_interval_seconds")})', instant=True), 4, unit='none',
             thresholds=thresholds(words.BLUE)),
        stat('Samples per scrape', 'What Prometheus stores of all chosen agents, each scrape.',
             query(f'sum({agents("scrape_samples_scraped")})', instant=True), 4, unit='short',
             thresholds=thresholds(words.BLUE))]


def _scrapes():
    return graph('Time of a scrape', 'A scrape only hands out what is ready: it should take '
                 'milliseconds, however slow the networks are.',
                 [query(f'max by (instance) ({agents("scrape_duration_seconds")})',
                        '{{instance}}')], 12, 7, unit='s')


def _processor():
    return graph('Processor', 'Share of one processor.',
                 [query('sum by (instance) '
                        f'(rate({agents("process_cpu_seconds_total")}[$__rate_interval]))',
                        '{{instance}}')], 12, 7, unit='percentunit')


def _memory():
    return graph('Memory', 'Resident memory. It levels off after some hours, when the histories of '
                 'the probes have their share.',
                 [query(f'max by (instance) ({agents("process_resident_memory_bytes")})',
                        '{{instance}}')], 12, 7, unit='bytes')


def _descriptors():
    return graph('File descriptors', 'Open ones, as a share of what is allowed. Near 100 % no '
                 'connection can be made any more.',
                 [query(f'max by (instance) ({agents("process_open_fds")} / '
                        f'{agents("process_max_fds")})', '{{instance}}')], 12, 7,
                 unit='percentunit')


def _durations():
    return graph('Time of the runs', 'How long the last run of each probe took; the slowest network '
                 'counts.',
                 [query(f'max by (probe) ({agents("cal_probe_duration_seconds")})', '{{probe}}')],
                 12, 8, unit='s')


def _shares():
    return bars('Share of the timeout that runs take', 'The ten probes that are nearest to their '
                'timeout, at which a run counts as unknown.',
                query('topk(10, max by (network, probe) '
                      f'({agents("cal_probe_duration_seconds")} / '
                      f'{agents("cal_probe_timeout_seconds")}))', '{{network}} {{probe}}',
                      instant=True), 12, 8, unit='percentunit', decimals=1, min=0, max=1,
                thresholds=thresholds(words.GREEN, (0.5, words.YELLOW), (0.9, words.RED)))


def _overruns():
    def per_minute(family):
        return f'60 * sum(rate({agents(family)}[$__rate_interval]))'
    return graph('Runs per minute', 'Overran: not over at its timeout. Could not tell: the verdict '
                 'was unknown, for whatever reason. The dashboard of the network says which probe.',
                 [query(per_minute('cal_probe_runs_total'), 'all'),
                  query(per_minute('cal_probe_unknown_total'), 'could not tell'),
                  query(per_minute('cal_probe_overruns_total'), 'overran')], 12, 8, unit='none')


def _waiting():
    return bars('Intervals since the last run', 'The ten probes that have waited longest, in their '
                'own intervals. More than two: runs are late.',
                query('topk(10, max by (network, probe) '
                      f'(({age("cal_probe_last_run_timestamp_seconds", agents)}) / '
                      f'{agents("cal_probe_interval_seconds")}))', '{{network}} {{probe}}',
                      instant=True), 12, 8, unit='none', decimals=1, min=0,
                thresholds=thresholds(words.GREEN, (2, words.YELLOW), (4, words.RED)))


def _reloads():
    return timeline('Reloads', 'Whether the last reload of each agent worked. Refused: the '
                    'configuration before stays in force.',
                    query(f'min by (instance) '
                          f'({agents("cal_exporter_config_last_reload_successful")})',
                          '{{instance}}'), 12, 5, mappings=words.yes_no('in force', 'refused'))


def _lost():
    return graph('Events lost or not readable', 'Lost: the log dropped events before the agent read '
                 'them; read more often or keep more. Not readable: damaged records.',
                 [query(f'sum by (network) (increase({agents("cal_events_gap_total")}'
                        '[$__rate_interval]))', '{{network}} lost'),
                  query(f'sum by (network) (increase({agents("cal_events_unparsed_total")}'
                        '[$__rate_interval]))', '{{network}} not readable')], 12, 5, unit='none')
