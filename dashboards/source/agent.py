"""The exporter itself: what it costs, and whether it keeps up.

With 500 agents, a graph of all of them costs much and cannot be read: only the agents that stand out are drawn."""

from . import words
from .dashboard import AGENT_URL, annotation, dashboard, link, variable
from .panels import bars, coarse, graph, query, row, stat, thresholds, timeline
from .queries import age, agent_urls, agents


# Points in time of what reads every probe of every network: five minutes apart in six hours.
OF_ALL_PROBES = 72


def _outstanding():
    """At the highest value in the time range; an instant query reads it much faster than a graph does."""
    def highest(family):
        return f'max_over_time({agents(family)}[$__range])'
    share = f'{highest("process_open_fds")} / {agents("process_max_fds")}'
    processor = f'rate({agents("process_cpu_seconds_total")}[$__range])'
    tops = [f'topk(10, {each})' for each in (highest('scrape_duration_seconds'), processor,
                                             highest('process_resident_memory_bytes'), share)]
    reloads = agents('cal_exporter_config_last_reload_successful')
    return ' or '.join([*tops, f'bottomk(10, min_over_time({reloads}[$__range]))'])


def _outstanding_agents(family):
    return agents(family, 'instance=~"$outstanding"')


ABOUT_OUTSTANDING = (' Of many agents, only those are drawn that are among the ten highest in one of the '
                     'graphs of cost, and ten of which those with a rejected configuration come first.')


def make():
    return dashboard(
        'cal-agent', 'CAL activation: agent',
        'What cal_exporter itself costs, whether it keeps up, and whether its configuration was '
        'loaded.',
        [_state(), [row('Cost')], [_scrapes(), _processor()], [_memory(), _descriptors()],
         [row('Performance')], [coarse(_durations(), OF_ALL_PROBES), _shares()],
         [coarse(_overruns(), OF_ALL_PROBES), _waiting()],
         [row('Configuration and event log')], [_reloads(), coarse(_lost(), OF_ALL_PROBES)]],
        variables=[variable('outstanding', 'Agents that stand out', f'query_result({_outstanding()})',
                            several=True, everything=None, hidden=True, regex='/instance="([^"]+)"/'),
                   variable('agent_url', 'Agent', f'query_result({agent_urls()})', hidden=True,
                            regex=AGENT_URL)],
        annotations=[
            annotation('Starts', agents('process_start_time_seconds') + ' * 1000', 'blue',
                       title='{{instance}} started', at_value=True),
            annotation('Reloads', agents('cal_exporter_config_last_reload_success_timestamp_seconds')
                       + ' * 1000', 'green', title='{{instance}} loaded its configuration',
                       at_value=True)],
        links=[link('Active configuration', '${agent_url}/config', 'Passwords are masked'),
               link("Agent's page", '${agent_url}/', 'Every network that the agent watches')],
        since='now-6h', refresh='30s')


def _state():
    return [
        stat('Agents up', 'Selected agents that Prometheus can scrape.',
             query(f'sum({agents("up")})', instant=True), 4, unit='none',
             thresholds=thresholds(words.RED, (1, words.GREEN))),
        stat('Configuration', 'Whether every agent has loaded its file as it is now. Rejected: the '
             'file has an error, and the previous configuration remains active; the log names the '
             'line.',
             query(f'min({agents("cal_exporter_config_last_reload_successful")})', instant=True), 4,
             mappings=words.yes_no('loaded', 'rejected')),
        stat('Version', 'The version of each agent.',
             query(f'count by (version) ({agents("cal_exporter_build_info")})', '{{version}}',
                   instant=True), 4, text='name', unit='none', thresholds=thresholds(words.BLUE)),
        stat('Last started', 'When the most recently started agent was started.',
             query(f'max({agents("process_start_time_seconds")}) * 1000', instant=True), 4,
             unit='dateTimeFromNow', thresholds=thresholds(words.BLUE)),
        stat('Probes', 'Running probes of all networks.',
             query(f'count({agents("cal_probe_interval_seconds")})', instant=True), 4, unit='none',
             thresholds=thresholds(words.BLUE)),
        stat('Samples per scrape', 'Samples of all selected agents that Prometheus stores per scrape.',
             query(f'sum({agents("scrape_samples_scraped")})', instant=True), 4, unit='short',
             thresholds=thresholds(words.BLUE))]


def _scrapes():
    return graph('Scrape duration', 'A scrape returns stored results and should take milliseconds, '
                 'however slow the networks are.' + ABOUT_OUTSTANDING,
                 [query(f'max by (instance) ({_outstanding_agents("scrape_duration_seconds")})',
                        '{{instance}}')], 12, 7, unit='s')


def _processor():
    return graph('CPU', 'Share of one processor.' + ABOUT_OUTSTANDING,
                 [query('sum by (instance) '
                        f'(rate({_outstanding_agents("process_cpu_seconds_total")}[$__rate_interval]))',
                        '{{instance}}')], 12, 7, unit='percentunit')


def _memory():
    return graph('Memory', 'Resident memory. It levels off after some hours, when the histories of '
                 'the probes have reached their limit.' + ABOUT_OUTSTANDING,
                 [query(f'max by (instance) ({_outstanding_agents("process_resident_memory_bytes")})',
                        '{{instance}}')], 12, 7, unit='bytes')


def _descriptors():
    return graph('File descriptors', 'Open file descriptors as a share of the limit. Near 100 % the '
                 'agent cannot open new connections.' + ABOUT_OUTSTANDING,
                 [query(f'max by (instance) ({_outstanding_agents("process_open_fds")} / '
                        f'{_outstanding_agents("process_max_fds")})', '{{instance}}')], 12, 7,
                 unit='percentunit')


def _durations():
    return graph('Run duration', 'How long the last run of each probe took, in the slowest network.',
                 [query(f'max by (probe) ({agents("cal_probe_duration_seconds")})', '{{probe}}')],
                 12, 8, unit='s')


def _shares():
    return bars('Run duration as a share of the timeout', 'The ten probes that are closest to their '
                'timeout. A run that reaches it ends as unknown.',
                query('topk(10, max by (site, network, probe) '
                      f'({agents("cal_probe_duration_seconds")} / '
                      f'{agents("cal_probe_timeout_seconds")}))', '{{site}} {{network}} {{probe}}',
                      instant=True), 12, 8, unit='percentunit', decimals=1, min=0, max=1,
                thresholds=thresholds(words.GREEN, (0.5, words.YELLOW), (0.9, words.RED)))


def _overruns():
    def per_minute(family):
        return f'60 * sum(rate({agents(family)}[$__rate_interval]))'
    return graph('Runs per minute', 'Timed out: not finished at its timeout. Could not check: the '
                 'verdict was unknown, for any reason. The network dashboard shows which probe. Started late: by '
                 'more than 0.1 s, because the machine is too busy.',
                 [query(per_minute('cal_probe_runs_total'), 'all'),
                  query(per_minute('cal_probe_unknown_total'), 'could not check'),
                  query(per_minute('cal_probe_overruns_total'), 'timed out'),
                  query(per_minute('cal_exporter_late_starts_total'), 'started late')], 12, 8,
                 unit='none')


def _waiting():
    return bars('Intervals since the last run', 'The ten probes that have waited longest, in units of '
                'their interval. More than two: runs are late.',
                query('topk(10, max by (site, network, probe) '
                      f'(({age("cal_probe_last_run_timestamp_seconds", agents)}) / '
                      f'{agents("cal_probe_interval_seconds")}))', '{{site}} {{network}} {{probe}}',
                      instant=True), 12, 8, unit='none', decimals=1, min=0,
                thresholds=thresholds(words.GREEN, (2, words.YELLOW), (4, words.RED)))


def _reloads():
    return timeline('Reloads', 'Whether the last reload of each agent succeeded. Rejected: the '
                    'previous configuration remains active.' + ABOUT_OUTSTANDING,
                    query('min by (instance) '
                          f'({_outstanding_agents("cal_exporter_config_last_reload_successful")})',
                          '{{instance}}'), 12, 5, mappings=words.yes_no('loaded', 'rejected'))


def _lost():
    def highest(family):
        return f'topk(10, max by (network) (increase({agents(family)}[$__rate_interval])))'
    return graph('Lost and unreadable events', 'Lost: the log dropped events before the agent read '
                 'them; read more often or keep a larger log. Unreadable: damaged records. The ten networks '
                 'with the most of each.',
                 [query(highest('cal_events_gap_total'), '{{network}} lost'),
                  query(highest('cal_events_unparsed_total'), '{{network}} unreadable')], 12, 5, unit='none')
