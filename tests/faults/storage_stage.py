"""The common part of the rows about the agent's own files: a small disk."""

from lab.agent import Agent, wait_until
from lab.exposition import Exposition

from .expectations import Logged
from .fault import PATIENCE
from .file_stage import EventFault, FileFault
from .small_disk import SmallDisk


class StateFault(EventFault):
    """The state is on `self.disk`. No count may be lost, not even at the next start."""

    goes_on = 'events are counted; ' + EventFault.goes_on
    recovered = Logged('saving the state works again')

    def setUp(self):
        super().setUp()
        self.disk = SmallDisk(self.scratch / 'disk')
        self.addCleanup(self.disk.close)
        self.state = self.disk.folder / 'state'
        self.arguments = ('--state.dir', str(self.state))

    def while_broken(self):
        wait_until('the second event is counted', lambda: self.successes() == 2, PATIENCE)

    def test(self):
        super().test()
        self.assertEqual(0, self.agent.stop())
        self.start_agent()
        self.await_state(self.healthy)
        self.assertEqual(2, self.successes())


class StartupFault:
    """For a row whose fault exists before the agent starts, and is found at the start. A mixin before the
    area's class. The state was saved by an earlier start."""

    within = 1
    goes_on = 'the probe runs, with its state in memory or a new one'

    def test(self):
        self.start_agent()
        self.await_state(self.healthy)
        self.assertEqual(0, self.agent.stop())
        self.break_it()
        self.said_after = self.measure(self.start_agent, self.says, self.within)
        self.await_witness()
        self.assertEqual(0, self.agent.stop())
        self.fix_it()
        self.recovered_after = self.measure(self.start_agent, self.healthy, self.within)
        self.assertFalse(self.says.seen(self), self.agent.log())

    def fix_it(self):
        """State that was set aside needs no repair."""

    def state_file(self):
        return self.state / 'ebs.activation_events.state'

    def another_agent(self):
        """Another agent on the same folder, which it uses from its first run on."""
        other = Agent(self.scratch / 'cal_exporter.yml', self.scratch / 'other.log',
                      kind=self.probe, arguments=self.arguments)
        self.addCleanup(other.stop)
        wait_until('the other agent is ready', lambda: other.get('/-/ready')[0] == 200, PATIENCE)
        return other


class TextfileFault(FileFault):
    """The metrics are also written to a file on `self.disk`."""

    recovered = Logged('writing the textfile works again')

    def setUp(self):
        super().setUp()
        self.disk = SmallDisk(self.scratch / 'disk')
        self.addCleanup(self.disk.close)
        self.textfile = self.disk.folder / 'out' / 'cal.prom'
        self.textfile.parent.mkdir()
        self.arguments = ('--textfile.output', str(self.textfile))

    def test(self):
        super().test()
        runs = Exposition(self.textfile.read_text()).value('cal_probe_runs_total', network='ebs')
        self.assertGreaterEqual(self.runs(), runs)
        self.assertGreater(runs, 1)
