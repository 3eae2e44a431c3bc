"""PromQL, as text. Every selector has the dashboards' job and instance, and the network where the
family has one."""

from . import words

EVERY_AGENT = 'job=~"$job", instance=~"$instance"'
EVERY_NETWORK = EVERY_AGENT + ', network=~"$network"'

# The rungs of the ladder to an endpoint, from the bottom.
RUNGS = ('interface', 'address', 'route', 'proxy', 'dns', 'tcp', 'tls', 'http', 'content')


def agents(family, *matchers, **labels):
    """A family of the agent itself, or one of all its networks."""
    return _select(family, EVERY_AGENT, matchers, labels)


def networks(family, *matchers, **labels):
    return _select(family, EVERY_NETWORK, matchers, labels)


def _select(family, scope, matchers, labels):
    every = [scope, *matchers, *(f'{label}="{value}"' for label, value in labels.items())]
    return f'{family}{{{", ".join(every)}}}'


def coded(family, label, values, by):
    """One number for each network (and probe): the place in `values` of the one that is 1."""
    branches = [f'{code} * ({networks(family, **{label: value})} == 1)'
                for code, value in enumerate(values)]
    return f'max by ({by}) (\n  ' + '\n  or '.join(branches) + '\n)'


def diagnosis():
    return coded('cal_diagnosis_primary', 'cause', words.CAUSES, 'network')


def a_cause_is_found():
    """0 or 1 for each network and cause."""
    return networks('cal_diagnosis_primary', 'cause!~"none|cannot_tell"')


def verdicts(by):
    return coded('cal_probe_verdict', 'verdict', words.VERDICTS, by)


def in_ladder_order(series):
    """Puts a number before the stage, since Prometheus sorts by the text of labels."""
    for place, rung in enumerate(RUNGS, 1):
        series = f'label_replace({series}, "stage", "{place} {rung}", "stage", "{rung}")'
    return series


def agent_urls():
    """Where people read the pages of the agents, as the label `url`: --web.external-url, else the
    address that Prometheus scrapes."""
    return (f'{agents("cal_exporter_external_url_info")} or on (job, instance) label_replace('
            f'{agents("cal_exporter_build_info")}, "url", "http://$1", "instance", "(.*)")')


def age(family, of=networks):
    return f'time() - {of(family)}'
