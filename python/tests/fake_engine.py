"""A small real HTTP server that speaks as the engine does, over TCP or a Unix socket."""

import json
import os
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

OPENAPI = {"openapi": "3.1.0", "paths": {
    "/api/v1/commands/note.add": {"post": {}}, "/api/v1/commands/job.cancel-all": {"post": {}},
    "/api/v1/queries/job.list": {"post": {}}, "/api/v1/queries/note.add": {"post": {}},
    "/api/v1/ledger": {"get": {}}}}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def address_string(self) -> str:
        return "peer"       # a Unix peer has no address

    def do_GET(self) -> None:
        engine, parts = self.server.engine, urlsplit(self.path)
        self._note(None)
        if parts.path == "/openapi.json":
            self._answer(200, OPENAPI)
        elif parts.path == "/api/v1/ledger":
            query = {key: int(values[0]) for key, values in parse_qs(parts.query).items()}
            chosen = [event for event in engine.events if event["seq"] >= query["from"]]
            page = chosen[:query["limit"]]
            self._answer(200, {"events": page, "next": page[-1]["seq"] + 1 if page else query["from"]})
        else:
            self._answer(404, {"error": {"code": "not_found", "message": "no such path", "field": "", "fix": ""}})

    def do_POST(self) -> None:
        engine = self.server.engine
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._note(body)
        if engine.token and self.headers.get("Authorization") != f"Bearer {engine.token}":
            self._answer(401, {"error": {"code": "auth.missing", "message": "who are you?",
                                         "fix": "send a token"}})
        elif self.path == "/api/v1/commands/note.add":
            key = self.headers["Idempotency-Key"]
            if "subject" not in body:
                self._answer(422, {"error": {"code": "bad_request", "message": "subject is missing",
                                             "field": "subject", "fix": "give a subject"}})
                return
            with engine.lock:
                if key not in engine.seen:
                    engine.events.append({"seq": len(engine.events) + 1, "kind": "note.added",
                                          "payload": body})
                    engine.seen[key] = len(engine.events)
            seq = engine.seen[key]
            self._answer(200, {"seq": seq, "events": [seq], "streams": ["note/1"]})
        elif self.path.startswith("/api/v1/"):
            self._answer(200, {"path": self.path, "body": body})
        else:
            self._answer(502, b"<html>bad gateway</html>")

    def _note(self, body) -> None:
        engine = self.server.engine
        with engine.lock:
            engine.requests.append((self.command, self.path, dict(self.headers), body))
            drop, engine.drop_next = engine.drop_next, False
        if drop:
            self.close_connection = True

    def _answer(self, status: int, value) -> None:
        content = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_) -> None:
        pass


class _TcpServer(ThreadingHTTPServer):
    daemon_threads = True


class _UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 32


class FakeEngine:
    """`drop_next` closes the connection after the next answer without saying so, as an engine
    that restarts between two requests does."""

    def __init__(self, socket_path: str | None = None, token: str | None = None):
        self.token, self.lock = token, threading.Lock()
        self.events: list[dict] = []
        self.seen: dict[str, int] = {}
        self.requests: list[tuple] = []
        self.drop_next = False
        self.socket_path = socket_path
        if socket_path:
            self.server = _UnixServer(socket_path, Handler)
        else:
            self.server = _TcpServer(("127.0.0.1", 0), Handler)
        self.server.engine = self
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()
        if self.socket_path and os.path.exists(self.socket_path):
            os.unlink(self.socket_path)
