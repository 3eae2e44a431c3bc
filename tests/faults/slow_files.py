"""Faults in the files that the probes read, and in the agent's own configuration."""

import datetime
import os
import signal
import time

from lab.event_lines import event_line
from lab.faults import break_probe

from . import file_stage as stage
from .expectations import Logged, clear, present, unknown

DAY = 86400
ENOUGH_TO_FILL_MEMORY = 1 << 34


def set_age(file, seconds):
    written = time.time() - seconds
    os.utime(file, (written, written))


class HistoryGone(stage.FileFault):
    fault = 'the installation history is gone'
    says = unknown('history_missing')

    def break_it(self):
        self.exports.history.unlink()


class HistoryCut(stage.FileFault):
    fault = 'the history is cut off in the middle of a line'
    says = unknown('history_unreadable')

    def break_it(self):
        self.exports.cut(self.exports.history)


class HistoryIsAFolder(stage.FileFault):
    fault = 'the history is a folder'
    says = unknown('history_unreadable', words=('it is a folder',))

    def break_it(self):
        self.exports.history.unlink()
        self.exports.history.mkdir()

    def fix_it(self):
        self.exports.history.rmdir()
        super().fix_it()


class HistoryIsAPipe(stage.FileFault):
    fault = 'the history is a pipe that nobody writes to'
    says = unknown('history_unreadable', words=('not a regular file',))

    def break_it(self):
        self.exports.history.unlink()
        os.mkfifo(self.exports.history)


class HistoryWithoutEnd(stage.FileFault):
    fault = 'the history is 16 GB long'
    says = unknown('history_unreadable', words=('larger than 64 MiB',))

    def break_it(self):
        os.truncate(self.exports.history, ENOUGH_TO_FILL_MEMORY)


class HistoryOfNoise(stage.FileFault):
    fault = 'the history contains random bytes'
    says = unknown('history_unreadable')

    def break_it(self):
        self.exports.history.write_bytes(os.urandom(65536))


class HistoryOld(stage.FileFault):
    fault = 'the history is no longer exported'
    says = unknown('history_stale', words=('more than max_age',))

    def break_it(self):
        set_age(self.exports.history, 2 * DAY)


class HistoryFromTomorrow(stage.FileFault):
    fault = 'the history has a modification time in the future'
    says = unknown('history_stale', words=('in the future', 'clock'))

    def break_it(self):
        set_age(self.exports.history, -DAY)


class PlannedKeyOfNoise(stage.FileFault):
    fault = 'the file with the planned key contains something else'
    says = unknown('planned_key_unreadable')

    def break_it(self):
        self.exports.planned.write_text('to be ordered\n')

    def fix_it(self):
        self.exports.planned.unlink()
        super().fix_it()


class PackInstalled(stage.FileFault):
    fault = 'the planned pack was installed last year'
    says = present('already_installed')

    def break_it(self):
        break_probe(stage.Folder(self.scratch), self.probe)


class InventoryGone(stage.InventoryFault):
    fault = 'the license counts are gone'
    says = unknown('inventory_missing')

    def break_it(self):
        self.exports.inventory.unlink()


class InventoryCut(stage.InventoryFault):
    fault = 'the license counts are cut off'
    says = unknown('inventory_unreadable')

    def break_it(self):
        self.exports.cut(self.exports.inventory)


class LogGone(stage.EventFault):
    fault = 'the event log is gone'
    says = unknown('log_missing')

    def break_it(self):
        self.log.file.unlink()

    def fix_it(self):
        self.log.append(4)


class LogIsAFolder(stage.EventFault):
    fault = 'the event log is a folder'
    says = unknown('log_unreadable')

    def break_it(self):
        self.log.file.unlink()
        self.log.file.mkdir()

    def fix_it(self):
        self.log.file.rmdir()
        self.log.append(4)


class LogOfNoise(stage.EventFault):
    fault = 'a million lines of the event log are random bytes, followed by a failed activation'
    says = present('activation_failed', words=('lines or records of the log',))
    recovered = clear('superseded_by_success')
    within = 60  # a run reads as much as its timeout allows

    def break_it(self):
        with open(self.log.file, 'a', encoding='utf-8') as log:
            log.write('no event at all\n' * 1_000_000)
        with open(self.log.file, 'a', encoding='utf-8') as log:
            log.write(event_line(5, 2_000_000, datetime.datetime.now(datetime.timezone.utc),
                                 ['0xdeadbeef', 'Unspecified error']))

    def fix_it(self):
        with open(self.log.file, 'a', encoding='utf-8') as log:
            log.write(event_line(4, 2_000_001, datetime.datetime.now(datetime.timezone.utc)))


class ConfigurationBroken(stage.FileFault):
    fault = 'the configuration has an error at a reload'
    says = Logged('reloading the configuration failed', 'nettworks')
    goes_on = 'the previous configuration stays active; ' + stage.FileFault.goes_on
    recovered = Logged('configuration reloaded')

    def break_it(self):
        self.right = self.configuration.read_text()
        self.configuration.write_text(self.right.replace('networks', 'nettworks', 1))
        self.agent.send(signal.SIGHUP)

    def while_broken(self):
        self.assertEqual(0, self.agent.metrics().value(
            'cal_exporter_config_last_reload_successful'))

    def fix_it(self):
        self.configuration.write_text(self.right)
        self.agent.send(signal.SIGHUP)


class ConfigurationGone(stage.FileFault):
    fault = 'the configuration file is gone at a reload'
    says = Logged('reloading the configuration failed', 'cal_exporter.yml')
    goes_on = ConfigurationBroken.goes_on
    recovered = Logged('configuration reloaded')

    def break_it(self):
        self.right = self.configuration.read_text()
        self.configuration.unlink()
        self.agent.send(signal.SIGHUP)

    def fix_it(self):
        self.configuration.write_text(self.right)
        self.agent.send(signal.SIGHUP)
