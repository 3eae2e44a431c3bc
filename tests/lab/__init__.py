"""The lab: a real Active Directory domain controller (Samba) on loopback, and the end-to-end tests
of cal_exporter against it."""

try:
    import samba as _samba
except ImportError as error:
    raise ImportError("the lab needs Samba's Python modules: install the packages of "
                      'config/dependencies/lab.txt (./run test does) and use /usr/bin/python3, not '
                      'another Python that comes first in PATH') from error
