"""Faults of the process: limits that it runs into, and calls that never return."""

import json
import signal
import time

from . import directory_stage, file_stage
from . import process_stage as stage
from .expectations import Reloaded, unknown
from .fault import Elapsed

NO_DESCRIPTORS = ('Too many open files',)


class DescriptorsForEvents(stage.DescriptorFault, file_stage.EventFault):
    fault = 'no file descriptor is left for `activation_events`'
    says = unknown('log_unreadable', words=NO_DESCRIPTORS)


class DescriptorsForPacks(stage.DescriptorFault, file_stage.FileFault):
    fault = 'no file descriptor is left for `pack_already_installed`'
    says = unknown('history_unreadable', words=NO_DESCRIPTORS)


class DescriptorsForConnectivity(stage.DescriptorFault, stage.EndpointFault):
    fault = 'no file descriptor is left for `internet_connectivity`'
    says = unknown('internal_error', words=NO_DESCRIPTORS)


class DescriptorsForMembership(stage.DescriptorFault, directory_stage.DirectoryFault):
    fault = 'no file descriptor is left for `administrators_membership`'
    says = unknown('internal_error', words=NO_DESCRIPTORS)


class NoMemory(stage.MemoryFault, file_stage.FileFault):
    fault = 'a run needs more memory than is available'
    says = unknown('internal_error', words=('bad_alloc',))
    spare_kilobytes = 32 * 1024

    def break_it(self):
        super().break_it()
        self.exports.history.write_bytes(b'a,b\n' * (15 << 20))

    def fix_it(self):
        super().fix_it()
        self.exports.write()


class Asleep(file_stage.FileFault):
    fault = 'the agent is stopped for five intervals (SIGSTOP), as on a suspended host'
    says = file_stage.FileFault.healthy
    goes_on = 'missed runs are not repeated; `/metrics` answers'
    witness = False

    def break_it(self):
        before = self.runs()
        self.agent.send(signal.SIGSTOP)
        self.addCleanup(self.agent.send, signal.SIGCONT)
        time.sleep(5 * 2)  # five intervals
        self.agent.send(signal.SIGCONT)
        self.assertLessEqual(self.runs() - before, 2)

    def fix_it(self):
        """The agent runs again already."""


class StuckAtReload(stage.StuckFault):
    fault = 'a run is stuck in a call that never returns, and the configuration is reloaded'
    says = Reloaded(interval=3)

    def act_on_stuck_agent(self):
        configuration = json.loads(self.configuration.read_text())
        configuration['networks'][0]['probes'][self.probe]['interval'] = '3s'
        self.configuration.write_text(json.dumps(configuration))
        self.agent.send(signal.SIGHUP)


class StuckAtEnd(stage.StuckFault):
    fault = 'a run is stuck in a call that never returns, and the agent is stopped (SIGTERM)'
    says = 'exit code 0; in the log: “a run is stuck”'
    goes_on = '–'

    def test(self):
        self.start_agent()
        self.await_state(self.healthy)
        self.break_it()
        self.assertTrue(self.logged('a probe run is stuck in a blocking call'))
        self.fix_it()
        self.recovered_after = self.measure(self.start_agent, self.healthy, self.within)

    def act_on_stuck_agent(self):
        started = time.monotonic()
        self.assertEqual(0, self.agent.stop())
        self.said_after = Elapsed(time.monotonic() - started, 0)
