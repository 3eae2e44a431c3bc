"""PromQL as text. Every selector includes the dashboard's job, instance and site, and the network if the
family has that label."""

from . import words

EVERY_AGENT = 'job=~"$job", instance=~"$instance", site=~"$site"'
EVERY_NETWORK = EVERY_AGENT + ', network=~"$network"'

# The stages of the connection to an endpoint, in order.
STAGES = ('interface', 'address', 'route', 'proxy', 'dns', 'tcp', 'tls', 'http', 'content')


def agents(family, *matchers, **labels):
    """A metric family of the agent itself, or of all its networks."""
    return _select(family, EVERY_AGENT, matchers, labels)


def networks(family, *matchers, **labels):
    return _select(family, EVERY_NETWORK, matchers, labels)


def _select(family, scope, matchers, labels):
    every = [scope, *matchers, *(f'{label}="{value}"' for label, value in labels.items())]
    return f'{family}{{{", ".join(every)}}}'


def coded(family, label, values, by, matchers):
    """One number per network (and probe): the index in `values` of the value whose series is 1."""
    branches = [f'{code} * ({networks(family, *matchers, **{label: value})} == 1)'
                for code, value in enumerate(values)]
    return f'max by ({by}) (\n  ' + '\n  or '.join(branches) + '\n)'


def diagnosis(*matchers):
    return coded('cal_diagnosis_primary', 'cause', words.CAUSES, 'site, network', matchers)


def a_cause_is_found():
    """0 or 1 per network and cause."""
    return networks('cal_diagnosis_primary', 'cause!~"none|cannot_tell"')


def verdicts(by, *matchers):
    return coded('cal_probe_verdict', 'verdict', words.VERDICTS, by, matchers)


def failures():
    """When an activation last failed, for annotations."""
    return networks('cal_activation_last_failure_timestamp_seconds') + ' * 1000'


def firing_alerts():
    """Alerts have no job and instance, and those about an agent no network."""
    return 'ALERTS{alertstate="firing", alertname=~"Cal.+", site=~"$site", network=~"|$network"}'


def in_stage_order(series):
    """Prefixes the stage with a number, since Prometheus sorts by the text of labels."""
    for place, stage in enumerate(STAGES, 1):
        series = f'label_replace({series}, "stage", "{place} {stage}", "stage", "{stage}")'
    return series


def agent_urls():
    """The URLs of the agents' pages, as the label `url`: --web.external-url, or without it the address
    that Prometheus scrapes."""
    return (f'{agents("cal_exporter_external_url_info")} or on (job, instance) label_replace('
            f'{agents("cal_exporter_build_info")}, "url", "http://$1", "instance", "(.*)")')


def age(family, of=networks):
    return f'time() - {of(family)}'
