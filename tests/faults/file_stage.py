"""The common part of the rows about files: valid exports, and one probe that reads them."""

import pathlib
import tempfile
import unittest

from lab.event_lines import EventLog
from lab.exports import Exports

from .expectations import clear
from .fault import Fault


class Folder:
    """The part of a domain controller that lab.faults needs."""

    def __init__(self, path):
        self.folder = path


class FileFault(Fault, unittest.TestCase):
    """The installation history and the planned key; fix_it() rewrites them."""

    probe = 'pack_already_installed'
    healthy = clear('not_installed')

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='cal-faults-')
        self.addCleanup(folder.cleanup)
        self.scratch = pathlib.Path(folder.name)
        self.exports = Exports(self.scratch)
        self.exports.write()

    def networks(self):
        return [{'name': 'ebs', 'probes': {self.probe: {**self.probe_options(), **self.timing}}}]

    def probe_options(self):
        return {'history_file': str(self.exports.history),
                'planned_key_file': str(self.exports.planned)}

    def fix_it(self):
        self.exports.history.unlink(missing_ok=True)
        self.exports.write()


class InventoryFault(FileFault):
    """The license counts."""

    probe = 'license_compliance'
    healthy = clear('compliant')

    def probe_options(self):
        return {'inventory_file': str(self.exports.inventory)}


class EventFault(FileFault):
    """A log of licensing events with a successful activation, and state that outlives the agent."""

    probe = 'activation_events'
    healthy = clear('no_failure')

    def setUp(self):
        super().setUp()
        self.log = EventLog(self.scratch)
        self.log.append(4)
        self.state = self.scratch / 'state'
        self.arguments = ('--state.dir', str(self.state))

    def probe_options(self):
        return {'source': {'jsonl': str(self.log.file)}}

    def successes(self):
        """The number of successful activations that the agent has counted."""
        return sum(value for _, value in self.agent.metrics().samples(
            'cal_license_events_total', network='ebs', event_id='4'))
