"""The clock of the agent's host jumps far."""

from . import directory_stage, file_stage, process_stage
from . import time_stage as stage
from .expectations import Logged, unknown


class ForwardWithFiles(stage.Forward, file_stage.FileFault):
    fault = 'the clock jumps a day forward (`pack_already_installed`)'
    says = unknown('history_stale', words=('more than max_age',))


class BackWithFiles(stage.Back, file_stage.FileFault):
    fault = 'the clock jumps a day back (`pack_already_installed`)'
    says = unknown('history_stale', words=('in the future', 'clock'))


class ForwardWithEvents(stage.Forward, file_stage.EventFault):
    fault = 'the clock jumps a day forward (`activation_events`)'
    says = Logged('the system clock jumped', 'direction=forward')


class BackWithEvents(stage.Back, file_stage.EventFault):
    fault = 'the clock jumps a day back (`activation_events`)'
    says = Logged('the system clock jumped', 'direction=back')


class ForwardWithDirectory(stage.Forward, directory_stage.DirectoryFault):
    fault = 'the clock jumps a day forward (`administrators_membership`)'
    says = Logged('the system clock jumped', 'direction=forward')


class BackWithDirectory(stage.Back, directory_stage.DirectoryFault):
    fault = "the clock jumps to before the controller's certificate (`administrators_membership`)"
    says = unknown('tls_expired', 'tls_untrusted', words=('not yet',))


class ForwardWithKerberos(stage.Forward, directory_stage.KerberosFault):
    fault = 'the clock jumps a day forward (`administrators_membership` with Kerberos)'
    says = unknown('bind_refused', words=('clocks',))


class ForwardWithEndpoint(stage.Forward, process_stage.EndpointFault):
    fault = 'the clock jumps a day forward (`internet_connectivity`)'
    says = Logged('the system clock jumped', 'direction=forward')
