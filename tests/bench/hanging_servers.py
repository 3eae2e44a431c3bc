"""Two servers that hang, on every address of 127.0.0.0/8: one accepts connections and says nothing, the other
leaves connection attempts without an answer."""

import selectors
import socket
import threading

_FULL = 8  # connections, more than a listening socket without a backlog holds


def start_hanging_servers(stack):
    """Returns the ports of the silent one and of the one that does not answer."""
    silent = stack.enter_context(socket.create_server(("0.0.0.0", 0), backlog=4096))
    threading.Thread(target=_hold, args=(silent,), daemon=True).start()
    full = stack.enter_context(socket.create_server(("0.0.0.0", 0), backlog=0))
    for _ in range(_FULL):
        client = stack.enter_context(socket.socket())
        client.setblocking(False)
        client.connect_ex(("127.0.0.1", full.getsockname()[1]))
    return silent.getsockname()[1], full.getsockname()[1]


def _hold(listener):
    """Keeps each connection until its client ends it."""
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        while listener.fileno() >= 0:
            for key, _ in selector.select(1):
                if key.fileobj is listener:
                    connection, _ = listener.accept()
                    selector.register(connection, selectors.EVENT_READ)
                elif not _received(key.fileobj):
                    selector.unregister(key.fileobj)
                    key.fileobj.close()


def _received(connection):
    try:
        return connection.recv(4096)
    except ConnectionError:
        return b""
