"""The client: any command and query of the engine, and its ledger."""

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

from fulcrum.errors import Error, error_from_answer
from fulcrum.transport import Transport

_COMMANDS, _QUERIES = "/api/v1/commands/", "/api/v1/queries/"


def default_home() -> Path:
    """FULCRUM_HOME, or `fulcrum` in the XDG data folder."""
    if home := os.environ.get("FULCRUM_HOME"):
        return Path(home)
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "fulcrum"


class Client:
    """Talks to one engine; safe to use from many threads.

    Without `url` over HOME/engine.sock, with the token in HOME/token where that
    can be read; with `url` over TCP, with `token` or FULCRUM_TOKEN.

        client.command("note.add", subject="job/1", text="slow disk")
        client.note_add(subject="job/1", text="slow disk")      # the same

    Raises fulcrum.Error for whatever the engine refuses, and with code
    "unreachable" where none answers.
    """

    def __init__(self, home: str | os.PathLike | None = None, url: str | None = None,
                 token: str | None = None, timeout_s: float = 60.0):
        if home is not None and url is not None:
            raise ValueError("give home or url, not both")
        if url is not None:
            self._transport = Transport(url=url, timeout_s=timeout_s)
            token = token or os.environ.get("FULCRUM_TOKEN")
        else:
            folder = Path(home) if home is not None else default_home()
            self._transport = Transport(socket_path=str(folder / "engine.sock"), timeout_s=timeout_s)
            token = token or _read_token(folder / "token")
        self._token = token
        self._names: dict[str, tuple[str, str]] | None = None

    def command(self, name: str, /, *, idempotency_key: str | None = None, **fields) -> dict:
        """Runs a command: {"seq", "events"}, the numbers of the events it made.

        The same key twice happens once.  Without a key one is made for this call,
        so that a repeat after a lost connection is harmless.
        """
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        return self._call("POST", _COMMANDS + quote(name, safe=""), _plain(fields), headers)

    def query(self, name: str, /, **params):
        """Asks a query; whatever JSON it answers."""
        return self._call("POST", _QUERIES + quote(name, safe=""), _plain(params), {})

    def ledger(self, from_seq: int = 1, limit: int = 500) -> Iterator[dict]:
        """Events from `from_seq` on, in order, fetched `limit` at a time until there are no more."""
        while True:
            query = urlencode({"from": from_seq, "limit": limit})
            answer = self._call("GET", f"/api/v1/ledger?{query}", None, {})
            events = answer["events"] if isinstance(answer, dict) else answer
            yield from events
            if not events:
                return
            from_seq = events[-1]["seq"] + 1

    def openapi(self) -> dict:
        """The engine's description of its own interface."""
        return self._call("GET", "/openapi.json", None, {})

    def __getattr__(self, method: str):
        """note_add → the command (or else the query) note.add, as the engine lists it."""
        if method.startswith("_"):
            raise AttributeError(method)
        if self._names is None:
            self._names = _method_names(self.openapi())
        if method not in self._names:
            raise AttributeError(f"the engine has no command or query for {method!r}")
        kind, name = self._names[method]
        run = self.command if kind == "command" else self.query

        def call(**fields):
            return run(name, **fields)

        call.__name__, call.__doc__ = method, f"The {kind} {name}."
        return call

    def __dir__(self):
        return [*super().__dir__(), *(self._names or {})]

    def close(self) -> None:
        self._transport.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def _call(self, method: str, path: str, body: dict | None, headers: dict):
        headers = {"Accept": "application/json", **headers}
        content = None
        if body is not None:
            content = json.dumps(body, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/json"
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        status, answer = self._transport.request(method, path, content, headers)
        if status >= 300:
            raise error_from_answer(status, answer)
        if not answer:
            return {}
        try:
            return json.loads(answer)
        except ValueError:
            raise Error("bad_answer", f"{path} did not answer with JSON", status=status) from None


def _read_token(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except OSError:
        return None     # the socket's own permissions may be enough


def _plain(fields: dict) -> dict:
    """from_=3 → {"from": 3}: a field may be called like a Python keyword."""
    return {name.removesuffix("_"): value for name, value in fields.items()}


def _method_names(openapi: dict) -> dict[str, tuple[str, str]]:
    """Method name → ("command" or "query", name).  A command wins over a query of the same name."""
    names: dict[str, tuple[str, str]] = {}
    for kind, prefix in (("query", _QUERIES), ("command", _COMMANDS)):
        for path in openapi.get("paths", {}):
            name = path.removeprefix(prefix)
            if path.startswith(prefix) and "{" not in name:
                names[name.replace(".", "_").replace("-", "_")] = (kind, name)
    return names
