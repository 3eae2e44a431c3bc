"""One nginx that simulates thousands of endpoints: it answers on every address of 127.0.0.0/8, with
HTTP on one port and HTTPS on another. TLS sessions cannot be resumed."""

import socket

from harness import start, wait_until
from lab.certificates import Authority

HTTP_PORT = 8080
HTTPS_PORT = 8443
_HTTPS_HOSTS = [f"127.1.0.{n}" for n in range(1, 17)]  # the names of its one certificate

_CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
worker_rlimit_nofile 20000;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  client_body_temp_path {folder};
  server {{
    listen {http} backlog=4096;
    return 200 "ok\\n";
  }}
  server {{
    listen {https} ssl backlog=4096;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_session_cache off;
    ssl_session_tickets off;
    return 200 "ok\\n";
  }}
}}
"""


def start_web_server(stack, folder):
    """Starts nginx; returns the file of the CA that issued its certificate."""
    authority = Authority(folder)
    certificate, key = authority.issue("endpoints", ",".join(f"IP:{host}" for host in _HTTPS_HOSTS))
    configuration = folder / "nginx.conf"
    configuration.write_text(_CONFIGURATION.format(
        folder=folder, http=HTTP_PORT, https=HTTPS_PORT, certificate=certificate, key=key))
    start(stack, "nginx", ["nginx", "-e", "stderr", "-c", configuration])
    for port in (HTTP_PORT, HTTPS_PORT):
        wait_until(lambda port=port: _accepts(port), 20, "nginx: does not listen")
    return authority.certificate


def url(scheme, number):
    """The URL of an endpoint. URLs for tcp and http differ by address, those for https by path, since a
    certificate with thousands of names would not be realistic."""
    if scheme == "https":
        return f"https://{_HTTPS_HOSTS[number % len(_HTTPS_HOSTS)]}:{HTTPS_PORT}/{number}"
    host = f"127.1.{number // 250}.{number % 250 + 1}:{HTTP_PORT}"
    return f"tcp://{host}" if scheme == "tcp" else f"http://{host}/"


def _accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
