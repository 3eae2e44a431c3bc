"""The common part of the rows about hostile peers, clients and files: servers in the controller's place, and
a configuration that must not become active."""

import json

from lab import names
from lab.flooding import FloodingServer

from . import directory_stage, file_stage
from .expectations import unknown

BY_ADDRESS = f'ldaps://{names.ADDRESS}'


class ServerInPlace(directory_stage.DirectoryFault):
    """The controller is stopped, and serve() answers at its address."""

    def directory_options(self):
        return {'uri': [BY_ADDRESS]}

    def serve(self):
        """Returns what has a method close()."""
        raise NotImplementedError

    def break_it(self):
        self.dc.stop()
        self.stranger = self.serve()
        self.addCleanup(self.stranger.close)

    def fix_it(self):
        self.stranger.close()
        self.dc.start()


class Flood(ServerInPlace):
    """A server that sends without end."""

    flood = None  # one of FLOODS
    says = unknown('server_error', 'timeout')

    def serve(self):
        return FloodingServer(names.ADDRESS, self.flood, self.dc.authority)


class FloodBeforeTls(Flood):
    def directory_options(self):
        return {'uri': [f'ldap://{names.ADDRESS}'], 'start_tls': True}


class ReloadRefused:
    """The last reload failed with these words in the log, and the probe is healthy with what was active."""

    def __init__(self, *words):
        self.words = words

    def __str__(self):
        return 'the reload is refused: ' + ', '.join(f'“{word}”' for word in self.words)

    def seen(self, fault):
        failed = fault.metrics().value('cal_exporter_config_last_reload_successful') == 0
        return failed and fault.healthy.seen(fault) and all(
            word in fault.agent.log() for word in self.words)


class HostileConfiguration(file_stage.FileFault):
    """The configuration is replaced by bad_text() and the agent is reloaded."""

    goes_on = 'the active configuration stays; ' + file_stage.FileFault.goes_on

    def bad_text(self):
        raise NotImplementedError

    def break_it(self):
        self.good = self.configuration.read_text()
        self.configuration.write_text(self.bad_text())
        self.reload()

    def fix_it(self):
        self.configuration.write_text(self.good)
        self.reload()

    def with_directory(self, **directory):
        configuration = json.loads(self.good)
        configuration['networks'][0]['directory'] = {
            'bind': {'user': 'a@b', 'password_file': str(self.configuration)}, **directory}
        return json.dumps(configuration)
