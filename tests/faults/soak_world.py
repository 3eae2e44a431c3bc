"""The environment of the soak test: a domain controller, an activation service, exports and an event log, an
agent that checks all of them every second, and a second network that no fault affects."""

import json
import signal
from dataclasses import dataclass

from lab import agent
from lab.activation import ADDRESS, HTTP_PORT, HTTPS_PORT, ActivationService
from lab.agent import Agent, wait_until
from lab.case import seeded_controller
from lab.event_lines import EventLog
from lab.exports import Exports
from lab.faults import FAULTS, break_probe, fix_probe

HANGS = 'the domain controller hangs'
PATIENCE = 120
INTERVAL = 1  # second
# A run is overdue 250 ms after its timeout, here at the end of its interval: if a probe misses an interval
# because a run takes too long, the agent has counted an overrun.
TIMING = {'interval': '1s', 'timeout': '750ms'}
WELL = {
    'administrators_membership': ['member_nested'],
    'pack_already_installed': ['not_installed'],
    'internet_connectivity': ['reachable'],
    'directory_permissions': ['owner_and_rights_ok'],
    'license_compliance': ['compliant'],
    'activation_events': ['no_failure', 'superseded_by_success'],
}
UNTOUCHED = ('other', 'license_compliance')


@dataclass
class Runs:
    """The number of runs of one probe until now."""
    count: int
    overruns: int
    last_began: float

    def missed_since(self, before):
        """The number of intervals without a run between the starts of two runs."""
        intervals = round((self.last_began - before.last_began) / INTERVAL)
        return max(0, intervals - (self.count - before.count))


class SoakWorld:
    """From construction to close(). `faults` are (probe, variant)."""

    def __init__(self):
        self.dc = seeded_controller()
        self.dc.start()
        self.activation = ActivationService(self.dc.folder)
        self.activation.start()
        self.exports = Exports(self.dc.folder)
        self.exports.write()
        (self.dc.folder / 'other').mkdir()
        Exports(self.dc.folder / 'other').write_inventory()
        self.events = EventLog(self.dc.folder)
        self.events.append(4)
        # First the fault that causes the most simultaneous runs, so that no thread is created later.
        self.faults = [('administrators_membership', HANGS)]
        self.faults += [(probe, variant) for probe, fault in FAULTS['ebs'].items()
                        for variant in fault.variants]
        self.configuration = self.dc.folder / 'soak.yml'
        self.configuration.write_text(json.dumps({'networks': self._networks()}))
        self.agent = Agent(self.configuration, self.dc.folder / 'soak.log',
                           arguments=('--state.dir', str(self.dc.folder / 'state')))
        wait_until('all is well', self.well, PATIENCE, self.agent.log)

    def close(self):
        """Returns the agent's exit code and its log."""
        code = self.agent.stop()
        self.activation.stop()
        self.dc.stop()
        return code, self.agent.log()

    def break_and_heal(self, probe, variant):
        """Returns when the agent has reported the fault, and then its end."""
        if variant == HANGS:
            self.dc.freeze()
        else:
            break_probe(self.dc, probe, variant)
        wait_until(f'{probe}: {variant} is seen', lambda: not self._is_well(
            self.agent.metrics(), probe), PATIENCE, self.agent.log)
        if variant == HANGS:
            self.dc.thaw()
        else:
            fix_probe(self.dc, probe)
        wait_until('all is well again', self.well, PATIENCE, self.agent.log)

    def reload(self):
        self.agent.send(signal.SIGHUP)

    def well(self):
        metrics = self.agent.metrics()
        return all(self._is_well(metrics, probe) for probe in WELL)

    def runs(self):
        """The runs of every probe, by network and name."""
        metrics = self.agent.metrics()

        def value(of_what, labels):
            return metrics.value(f'cal_probe_{of_what}', **labels)
        return {(labels['network'], labels['probe']): Runs(
                    int(count), int(value('overruns_total', labels)),
                    value('last_run_timestamp_seconds', labels) - value('duration_seconds', labels))
                for labels, count in metrics.samples('cal_probe_runs_total')}

    def history_kb(self):
        return self.agent.metrics().value('cal_exporter_history_bytes') / 1024

    @staticmethod
    def _is_well(metrics, probe):
        return metrics.verdict(probe)[1] in WELL[probe]

    def _networks(self):
        network = json.loads(agent.configuration(self.dc, probe=TIMING))['networks'][0]
        network['probes'].update({
            'pack_already_installed': {
                'history_file': str(self.exports.history),
                'planned_key_file': str(self.exports.planned), **TIMING},
            'internet_connectivity': {
                'endpoints': [
                    {'url': f'http://{ADDRESS}:{HTTP_PORT}/connecttest.txt',
                     'expect_status': 200, 'expect_body': 'Microsoft Connect Test'},
                    {'url': f'https://{ADDRESS}:{HTTPS_PORT}/'}],
                'proxy': 'none', 'ca_file': str(self.dc.ca_file), **TIMING},
            'directory_permissions': dict(TIMING),
            'license_compliance': {'inventory_file': str(self.exports.inventory), **TIMING},
            'activation_events': {'source': {'jsonl': str(self.events.file)}, **TIMING}})
        other = self.dc.folder / 'other' / 'inventory.json'
        return [network, {'name': UNTOUCHED[0], 'probes': {
            UNTOUCHED[1]: {'inventory_file': str(other), **TIMING}}}]
