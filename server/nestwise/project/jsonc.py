"""JSON as people write it in tsconfig.json: with comments and trailing commas."""

from __future__ import annotations

import json
import re

_TOKEN = re.compile(
    r'"(?:\\.|[^"\\\n])*"?|//[^\n]*|/\*.*?(?:\*/|$)|,(?=(?:\s|//[^\n]*|/\*.*?\*/)*[}\]])', re.S
)


class JsoncError(ValueError):
    """Broken JSON; line and column from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"{message} (line {line}, column {column})")
        self.message, self.line, self.column = message, line, column


def loads(text: str) -> object:
    """The value. Positions in errors are those of the text as given."""

    def blank(match: re.Match[str]) -> str:
        token = match[0]
        return token if token[0] == '"' else re.sub(r"[^\n]", " ", token)

    try:
        return json.loads(_TOKEN.sub(blank, text.removeprefix("\ufeff")))
    except json.JSONDecodeError as error:
        raise JsoncError(error.msg, error.lineno, error.colno) from None
    except RecursionError:
        raise JsoncError("nested too deeply", 1, 1) from None
