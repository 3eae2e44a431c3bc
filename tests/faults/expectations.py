"""What the agent is expected to say: each has a text for people, and `seen(fault)`."""

# These have no samples while the verdict is unknown: the agent does not claim facts that it does not know.
FACTS = ('cal_account_member', 'cal_account_usable', 'cal_directory_right_granted',
         'cal_directory_owner_matches', 'cal_licenses_installed', 'cal_licenses_available',
         'cal_activation_failing')


class Verdict:
    """The verdict of the row's probe with one of the reasons. `words` are on the probe's page."""

    def __init__(self, verdict, *reasons, words=()):
        self.verdict = verdict
        self.reasons = reasons
        self.words = words

    def __str__(self):
        text = f'`{self.verdict}` ' + ' or '.join(f'`{reason}`' for reason in self.reasons)
        return text + ''.join(f', “{word}”' for word in self.words)

    def seen(self, fault):
        metrics = fault.metrics()
        verdict, reason = metrics.verdict(fault.probe)
        if verdict != self.verdict or reason not in self.reasons:
            return False
        if verdict == 'unknown':
            claimed = [family for family in FACTS for labels, _ in metrics.samples(
                family, network='ebs') if not fault.may_claim(family, labels)]
            fault.assertEqual([], claimed, 'facts are claimed although the verdict is unknown')
        page = fault.get(f'/probes/ebs/{fault.probe}')[1] if self.words else ''
        return all(word in page for word in self.words)


def unknown(*reasons, words=()):
    return Verdict('unknown', *reasons, words=words)


def present(*reasons, words=()):
    return Verdict('present', *reasons, words=words)


def clear(*reasons, words=()):
    return Verdict('clear', *reasons, words=words)


class Logged:
    """A log line that contains all these words, while the row's probe stays healthy."""

    def __init__(self, *words):
        self.words = words

    def __str__(self):
        return 'in the log: ' + ', '.join(f'“{word}”' for word in self.words)

    def seen(self, fault):
        return fault.healthy.seen(fault) and any(
            all(word in line for word in self.words) for line in fault.agent.log().splitlines())


class Sample:
    """A fact has this value."""

    def __init__(self, family, value, **labels):
        self.family = family
        self.value = value
        self.labels = labels

    def __str__(self):
        return f'`{self.family}` {self.value:,}'

    def seen(self, fault):
        return fault.metrics().value(self.family, network='ebs', **self.labels) == self.value


class Reloaded:
    """A configuration with this interval is active."""

    def __init__(self, interval):
        self.interval = interval

    def __str__(self):
        return 'the new configuration is active'

    def seen(self, fault):
        metrics = fault.metrics()
        return (metrics.value('cal_probe_interval_seconds', network='ebs', probe=fault.probe)
                == self.interval and metrics.value('cal_exporter_config_last_reload_successful'))
