"""Ask an application without a server: one request, one answer."""

import asyncio
import json
from typing import NamedTuple


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def data(self):
        return json.loads(self.body)


def ask(app, path="/", body=None, *, method=None, gone=False, cut=False, chunk=10_000, **headers) -> Answer:
    """Send one request; `body` as it is or as JSON, headers with `_` for `-`, empty ones left out.

    Who is `gone` no longer waits for the answer, who is `cut` off has not even sent all of the body.
    """
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    given = {"host": "127.0.0.1:8765", "content-type": "application/json"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method or ("GET" if body is None else "POST"),
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in given.items() if v],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8765),
    }
    parts = [raw[i : i + chunk] for i in range(0, len(raw), chunk)] or [b""]
    messages = [
        {"type": "http.request", "body": p, "more_body": cut or i + 1 < len(parts)}
        for i, p in enumerate(parts)
    ]
    sent = []

    async def receive():
        if messages:
            return messages.pop(0)
        if not (gone or cut):
            await asyncio.sleep(3600)  # a client that waits says nothing more
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    found = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return Answer(sent[0]["status"], found, b"".join(m.get("body", b"") for m in sent[1:]))
