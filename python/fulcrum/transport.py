"""One kept-alive HTTP connection a thread, over the engine's Unix socket or TCP."""

import http.client
import socket
import ssl
import threading
from urllib.parse import urlsplit

from fulcrum.errors import Error


class _SocketConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket; the host name is only for the Host header."""

    def __init__(self, path: str, timeout_s: float):
        super().__init__("localhost", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(self.timeout)
        try:
            connection.connect(self._path)
        except BaseException:
            connection.close()
            raise
        self.sock = connection


class Transport:
    """Safe to use from many threads; each has its own connection."""

    def __init__(self, *, socket_path: str | None = None, url: str | None = None, timeout_s: float):
        self._socket_path, self._timeout_s = socket_path, timeout_s
        self._prefix = ""
        if url is not None:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(f"url must start with http:// or https://, got {url!r}")
            self._secure = parts.scheme == "https"
            self._host, self._port = parts.hostname, parts.port
            self._prefix = parts.path.rstrip("/")
        self.where = socket_path or url or ""
        self._local = threading.local()
        self._lock = threading.Lock()
        self._open: set[http.client.HTTPConnection] = set()

    def _connection(self) -> http.client.HTTPConnection:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            if self._socket_path is not None:
                connection = _SocketConnection(self._socket_path, self._timeout_s)
            elif self._secure:
                connection = http.client.HTTPSConnection(
                    self._host, self._port, timeout=self._timeout_s, context=ssl.create_default_context())
            else:
                connection = http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s)
            self._local.connection = connection
            with self._lock:
                self._open.add(connection)
        return connection

    def request(self, method: str, path: str, body: bytes | None, headers: dict) -> tuple[int, bytes]:
        """(status, body).  Raises Error "unreachable".

        A kept connection that the engine closed meanwhile is opened anew, once.
        The same request may thus arrive twice: commands carry an idempotency key.
        """
        connection = self._connection()
        for attempt in (1, 2):
            fresh = connection.sock is None
            try:
                connection.request(method, self._prefix + path, body, headers)
                response = connection.getresponse()
                return response.status, response.read()
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                timed_out = isinstance(error, TimeoutError)
                if fresh or timed_out or attempt == 2:
                    reason = "no answer in time" if timed_out else (error or type(error).__name__)
                    raise Error("unreachable", f"{self.where}: {reason}",
                                fix="start the engine: fulcrum up") from error
        raise AssertionError("not reached")

    def close(self) -> None:
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()
        self._local = threading.local()
