"""The lab: a real Active Directory domain controller (Samba) on loopback, and the end-to-end tests
of cal_exporter against it. Runs with Debian's /usr/bin/python3, which has Samba's modules."""
