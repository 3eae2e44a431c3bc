"""Faults of what the agent writes: its state, the metrics file, its log. Each row has its own small disk in
memory."""

from lab.faults import break_probe

from . import file_stage, storage_stage as stage
from .expectations import Logged, present
from .small_disk import SmallDisk

NO_SPACE = 'No space left on device'
READ_ONLY = 'Read-only file system'
OF_THE_FUTURE = 'cal_exporter state 999 5 0000000000000000\nhello'


class StateDiskFull(stage.StateFault):
    fault = 'the disk of the state is full'
    says = Logged('cannot save the state', NO_SPACE)

    def break_it(self):
        self.disk.fill()
        self.log.append(4)

    def fix_it(self):
        self.disk.free()


class StateDiskReadOnly(stage.StateFault):
    fault = 'the disk of the state becomes read-only'
    says = Logged('cannot save the state', READ_ONLY)

    def break_it(self):
        self.disk.make_read_only(self.state)
        self.log.append(4)

    def fix_it(self):
        self.disk.make_writable(self.state)


class StateFolderGone(stage.StateFault):
    fault = "the state's folder is removed"
    says = Logged('cannot save the state', 'No such file')

    def break_it(self):
        self.state.rename(self.disk.folder / 'elsewhere')
        self.log.append(4)

    def fix_it(self):
        self.state.mkdir()


class StateDamaged(stage.StartupFault, file_stage.EventFault):
    fault = 'the state is damaged when the agent starts'
    says = Logged('the state file is unusable', 'is damaged', 'set_aside_as')

    def break_it(self):
        file = self.state_file()
        file.write_bytes(file.read_bytes()[:-1] + b'?')


class StateOfTheFuture(stage.StartupFault, file_stage.EventFault):
    fault = 'the state was written by a newer version'
    says = Logged('the state file is unusable', 'newer version', 'set_aside_as')

    def break_it(self):
        self.state_file().write_text(OF_THE_FUTURE)


class StateEmpty(stage.StartupFault, file_stage.EventFault):
    fault = 'the state is an empty file, as after a crash of the machine'
    says = Logged('the state file is unusable', 'is damaged', 'set_aside_as')

    def break_it(self):
        self.state_file().write_text('')


class StateReadOnlyAtStart(stage.StartupFault, stage.StateFault):
    fault = 'the disk of the state is read-only when the agent starts'
    says = Logged('state is kept in memory', READ_ONLY)

    def break_it(self):
        self.disk.make_read_only(self.state)

    def fix_it(self):
        self.disk.make_writable(self.state)


class StateOfAnotherAgent(stage.StartupFault, file_stage.EventFault):
    fault = 'another agent uses the same folder for its state'
    says = Logged('state is kept in memory', 'another cal_exporter is using it')

    def break_it(self):
        self.other = self.another_agent()

    def fix_it(self):
        self.assertEqual(0, self.other.stop())


class TextfileDiskFull(stage.TextfileFault):
    fault = 'the disk of the metrics file is full'
    says = Logged('writing the textfile failed', NO_SPACE)

    def break_it(self):
        self.disk.fill()

    def fix_it(self):
        self.disk.free()


class TextfileDiskReadOnly(stage.TextfileFault):
    fault = 'the disk of the metrics file becomes read-only'
    says = Logged('writing the textfile failed', READ_ONLY)

    def break_it(self):
        self.disk.make_read_only(self.textfile.parent)

    def fix_it(self):
        self.disk.make_writable(self.textfile.parent)


class TextfileFolderGone(stage.TextfileFault):
    fault = 'the folder of the metrics file is removed'
    says = Logged('writing the textfile failed', 'No such file')

    def break_it(self):
        self.textfile.parent.rename(self.disk.folder / 'elsewhere')

    def fix_it(self):
        self.textfile.parent.mkdir()


class LogDiskFull(file_stage.FileFault):
    fault = "the disk of the agent's log is full"
    says = present('already_installed')

    def setUp(self):
        super().setUp()
        self.disk = SmallDisk(self.scratch / 'disk')
        self.addCleanup(self.disk.close)
        self.log_file = self.disk.folder / 'agent.log'

    def break_it(self):
        self.disk.fill()
        break_probe(file_stage.Folder(self.scratch), self.probe)

    def fix_it(self):
        self.disk.free()
        super().fix_it()
