"""Relays between the agent and a real server that can stop answering and resume: what was sent meanwhile is
lost, as with a server that hangs."""

import contextlib
import socket
import threading


class _Relay:
    """Both kinds serve on their own thread from construction until close()."""

    def __init__(self, listen, upstream, silent):
        self._listen = listen
        self._upstream = upstream
        self.silent = silent
        self._open_sockets = []  # includes silent connections: dropping one would close it, which is an answer
        self._socket = self._keep(self._open())
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):  # a datagram socket is not connected
            self._socket.shutdown(socket.SHUT_RDWR)  # otherwise accept() would keep the port open
        for one in self._open_sockets:
            one.close()

    def _keep(self, one):
        self._open_sockets.append(one)
        return one


class TcpRelay(_Relay):
    """A connection accepted while `silent` is never served, not even later."""

    def _open(self):
        return socket.create_server(self._listen)

    def _serve(self):
        while True:
            try:
                client = self._keep(self._socket.accept()[0])
            except OSError:
                return  # closed
            if not self.silent:
                server = self._keep(socket.create_connection(self._upstream))
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            sink.close()


class UdpRelay(_Relay):
    """Relays one query and one answer at a time, as for a name server."""

    def _open(self):
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind(self._listen)
        return server

    def _serve(self):
        while True:
            try:
                question, client = self._socket.recvfrom(65536)
            except OSError:
                return
            if self.silent:
                continue
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as upstream:
                upstream.settimeout(5)
                upstream.sendto(question, self._upstream)
                try:
                    self._socket.sendto(upstream.recv(65536), client)
                except OSError:
                    pass  # the client tries again
