"""Bytes to and from a server, and editors that talk as the recorded ones do."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from lsp_editor import HERE, WAIT, units

COMMAND = [sys.executable, "-m", "nestwise", "lsp"]
Json = dict[str, Any]


def message(method: str, params: object = None, **more: object) -> bytes:
    return framed({"jsonrpc": "2.0", "method": method, "params": params, **more})


def framed(content: object) -> bytes:
    body = json.dumps(content).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class Raw:
    """Bytes to and from a server."""

    def __init__(self, *args: str, command: list[str] = COMMAND, **more: Any) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([*command, *args], stdin=pipe, stdout=pipe, stderr=pipe, **more)
        self._arrived: SimpleQueue[Json | None] = SimpleQueue()
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        out = self.process.stdout
        assert out is not None
        while head := out.readline():
            length = 0
            while head.strip():
                if head.lower().startswith(b"content-length"):
                    length = int(head.rpartition(b":")[2])
                head = out.readline()
            self._arrived.put(json.loads(out.read(length)))
        self._arrived.put(None)

    def bytes(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, method: str, params: object = None, **more: object) -> None:
        self.bytes(message(method, params, **more))

    def receive(self) -> Json:
        """The next message; fails if none comes."""
        try:
            found = self._arrived.get(timeout=WAIT)
        except Empty:
            raise AssertionError(f"the server said nothing for {WAIT} seconds") from None
        assert found is not None, "the server has gone"
        return found

    def answer(self, request_id: object) -> Json:
        while (found := self.receive()).get("id") != request_id or "method" in found:
            pass
        return found

    def hello(self, root: Path | None = None, **more: object) -> Json:
        params = {"processId": None, "rootUri": root.as_uri() if root else None, "capabilities": {}, **more}
        self.send("initialize", params, id=1)
        return self.answer(1)

    def end(self) -> tuple[int, str]:
        """Close stdin; the exit code and stderr."""
        assert self.process.stdin is not None
        assert self.process.stderr is not None
        self.process.stdin.close()
        errors = self.process.stderr.read().decode()
        return self.process.wait(timeout=WAIT), errors

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Recorded(Raw):
    """An editor that sends what a recorded one sends, and minds what it did not announce."""

    def __init__(self, client: str, root: Path, **more: Any) -> None:
        facts = json.loads((HERE / "clients" / f"{client}.json").read_text("utf-8"))
        self.can: Json = facts["capabilities"]
        self.does: Json = facts["behaviour"]
        self.encoding: str = self.does["encoding"]
        self._facts = facts
        self._root = root
        self._number = 0
        self._said: list[Json] = []
        """Notifications of the server."""
        self.unasked: list[str] = []
        """What the server did although the client never said that it can take it."""
        super().__init__(**more)

    def able(self, path: str) -> Any:
        value: Any = self.can
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        return value

    # --- messages ---

    def ask(self, method: str, params: object) -> Json:
        """The answer to a request, with its error if it is one."""
        self._number += 1
        request_id = str(self._number) if self.does["ids"] == "texts" else self._number
        self.send(method, params, id=request_id)
        while (found := self.receive()).get("id") != request_id or "method" in found:
            self._take(found)
        assert type(found["id"]) is type(request_id)
        return found

    def _take(self, found: Json) -> None:
        method, params = found.get("method", ""), found.get("params")
        if "id" in found:
            self.unasked += [f"request {what}" for what in self._not_announced(method, params)]
            self.bytes(framed({"jsonrpc": "2.0", "id": found["id"], "result": None}))
        else:
            if method.startswith("nestwise/") or (
                method == "$/progress" and not self.able("window.workDoneProgress")
            ):
                self.unasked.append(f"notification {method}")
            self._said.append(found)

    def _not_announced(self, method: str, params: Any) -> Iterator[str]:
        needs = {
            "window/workDoneProgress/create": "window.workDoneProgress",
            "window/showDocument": "window.showDocument.support",
            "workspace/diagnostic/refresh": "workspace.diagnostics.refreshSupport",
            "workspace/codeLens/refresh": "workspace.codeLens.refreshSupport",
            "workspace/inlayHint/refresh": "workspace.inlayHint.refreshSupport",
            "workspace/configuration": "workspace.configuration",
            "workspace/applyEdit": "workspace.applyEdit",
        }
        if method == "client/registerCapability":
            for one in params["registrations"]:
                if not self.able(one["method"].replace("/", ".") + ".dynamicRegistration"):
                    yield f"{method} of {one['method']}"
        elif method not in needs or self.able(needs[method]) is not True:
            yield method

    def told(self, method: str) -> list[Any]:
        """The parameters of the notifications of a kind, so far."""
        return [said["params"] for said in self._said if said["method"] == method]

    # --- a document ---

    def initialize(self) -> Json:
        given = {
            "rootPath": str(self._root),
            "rootUri": self._root.as_uri(),
            "workspaceFolders": [{"uri": self._root.as_uri(), "name": self._root.name}],
        }
        params = {
            "processId": None,
            "rootUri": None,
            **{name: given[name] for name in self._facts["root"]},
            **self._facts["initialize"],
            "capabilities": self.can,
        }
        result: Json = self.ask("initialize", params)["result"]["capabilities"]
        self.send("initialized", {})
        if self.does["configures"]:
            self.send("workspace/didChangeConfiguration", {"settings": {}})
        return result

    def open(self, path: str) -> None:
        self.path = self._root / path
        self.uri, self.version = self.path.as_uri(), self.does["first"]
        self.text = self.path.read_text("utf-8")
        item = {"uri": self.uri, "languageId": self.does["language"], "text": self.text}
        self.send("textDocument/didOpen", {"textDocument": {**item, "version": self.version}})
        self._previous: str | None = None
        self._items: list[Json] = []

    @property
    def document(self) -> Json:
        return {"uri": self.uri}

    def offset(self, position: Json) -> int:
        lines = self.text.split("\n")
        before, line = sum(len(line) + 1 for line in lines[: position["line"]]), lines[position["line"]]
        for at in range(len(line) + 1):
            if units(line[:at], self.encoding) == position["character"]:
                return before + at
        raise AssertionError(f"{position} is not between two characters of {line!r}")

    def under(self, area: Json) -> str:
        return self.text[self.offset(area["start"]) : self.offset(area["end"])]

    def change(self, text: str) -> None:
        """Say that the text is another one: in full, or the part that differs."""
        self.version += 1
        event: Json = {"text": text}
        if self.does["changes"] == "parts":
            start = 0
            while start < min(len(text), len(self.text)) and text[start] == self.text[start]:
                start += 1
            tail = 0
            while tail < min(len(text), len(self.text)) - start and text[-1 - tail] == self.text[-1 - tail]:
                tail += 1
            area = {"start": self._position(start), "end": self._position(len(self.text) - tail)}
            event = {"range": area, "text": text[start : len(text) - tail]}
        self.text = text
        identifier = {"uri": self.uri, "version": self.version}
        self.send("textDocument/didChange", {"textDocument": identifier, "contentChanges": [event]})

    def _position(self, offset: int) -> Json:
        before = self.text[:offset]
        last = before[before.rfind("\n") + 1 :]
        return {"line": before.count("\n"), "character": units(last, self.encoding)}

    def save(self) -> None:
        self.path.write_text(self.text, "utf-8")
        self.send("textDocument/didSave", {"textDocument": self.document})

    # --- what an editor does with the answers ---

    def diagnostics(self) -> list[Json]:
        """Of the text as it is now: pulled by who pulls, else as they were pushed."""
        if self.does["pulls"]:
            params: Json = {"textDocument": self.document, "identifier": "nestwise"}
            if self.does["remembers"] and self._previous:
                params["previousResultId"] = self._previous
            report = self.ask("textDocument/diagnostic", params)["result"]
            assert report["kind"] == "full" or self.does["remembers"]
            self._previous = report["resultId"]
            self._items = report.get("items", self._items)
            return self._items
        deadline = time.monotonic() + WAIT
        while time.monotonic() < deadline:
            for found in reversed(self.told("textDocument/publishDiagnostics")):
                if (found["uri"], found["version"]) == (self.uri, self.version):
                    return list(found["diagnostics"])
            self._take(self.receive())
        raise AssertionError("no diagnostics were pushed")

    def until(self, codes: list[str]) -> list[Json]:
        """Diagnostics, asked for or waited for until they are these."""
        deadline = time.monotonic() + WAIT
        while _codes(found := self.diagnostics()) != codes:
            assert time.monotonic() < deadline, f"{found} and not {codes}"
            if not self.does["pulls"]:
                self._take(self.receive())
            time.sleep(0.02)
        return found

    def actions(self, found: list[Json]) -> list[Json]:
        """What is offered for diagnostics, asked for as this editor asks."""
        bare = [{key: d[key] for key in ("range", "message", "code")} for d in found]
        context: Json = {"diagnostics": {"all": found, "bare": bare, "none": []}[self.does["context"]]}
        if self.does["only"] is not None:
            context |= {"only": self.does["only"], "triggerKind": 2}
        params = {"textDocument": self.document, "range": found[0]["range"], "context": context}
        return list(self.ask("textDocument/codeAction", params)["result"])

    def edit_of(self, action: Json) -> Json:
        """The edit of an action; asked for where it came without and the editor can ask."""
        if "edit" not in action and "edit" in (
            self.able("textDocument.codeAction.resolveSupport.properties") or ()
        ):
            action = self.ask("codeAction/resolve", action)["result"]
        edit: Json = action["edit"]
        return edit

    def apply(self, edit: Json) -> None:
        """Apply an edit of this document alone, in the only form that the editor knows."""
        if self.able("workspace.workspaceEdit.documentChanges") is True:
            [change] = edit["documentChanges"]
            assert change["textDocument"] == {"uri": self.uri, "version": self.version}
            edits = change["edits"]
        else:
            [(uri, edits)] = edit["changes"].items()
            assert uri == self.uri
        spots = [
            (self.offset(e["range"]["start"]), self.offset(e["range"]["end"]), e["newText"]) for e in edits
        ]
        text = self.text
        for start, end, new in sorted(spots, key=lambda spot: spot[:2], reverse=True):
            text = text[:start] + new + text[end:]
        self.change(text)

    def quit(self) -> tuple[int, str]:
        """Say good-bye; the exit code and stderr. Some editors kill the server at once."""
        assert self.ask("shutdown", None)["result"] is None
        self.send("exit")
        if self.does["killed"]:
            self.process.kill()
        return self.end()


def _codes(found: list[Json]) -> list[str]:
    return [str(one["code"]) for one in found]
