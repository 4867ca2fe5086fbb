"""What goes wrong, as the engine says it."""

import json


class Error(Exception):
    """A refused or failed call.

    code     stable and machine-readable, such as "job.not_found"; "unreachable"
             where no engine answered
    message  for people
    field    which argument is at fault, or None
    fix      what would mend it, or None
    status   the HTTP status, or None where no engine answered
    """

    def __init__(self, code: str, message: str, field: str | None = None, fix: str | None = None,
                 status: int | None = None):
        super().__init__(code, message, field, fix, status)
        self.code, self.message, self.field, self.fix, self.status = code, message, field, fix, status

    def __str__(self) -> str:
        text = f"{self.code}: {self.message}"
        if self.field:
            text += f" (field: {self.field})"
        return f"{text}; {self.fix}" if self.fix else text


def error_from_answer(status: int, body: bytes) -> Error:
    """The engine's error body, {"code","message","field","fix"}, bare or inside "error".

    Anything else (a proxy's page, an empty answer) becomes code "http_<status>".
    """
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if isinstance(value, dict) and isinstance(value.get("error"), dict):
        value = value["error"]
    if isinstance(value, dict) and isinstance(value.get("code"), str):
        return Error(value["code"], str(value.get("message", "")), value.get("field") or None,
                     value.get("fix") or None, status)
    text = body[:200].decode(errors="replace").strip()
    return Error(f"http_{status}", text or "no explanation was given", status=status)
