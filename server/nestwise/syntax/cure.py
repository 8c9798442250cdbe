"""What the grammar gets wrong, put right before it sees it.

tree-sitter-typescript silently misreads some valid code (`sql<T>`…`` becomes two comparisons) and
rejects some more. The functions here rewrite such places into code that it reads as the compiler does.
Length and line ends stay the same, so every position holds; text is always taken from the original.

Nothing here knows whether it looks at code or at the inside of a string, a comment or a regular
expression, and nothing needs to: no rewriting touches a byte that means something there (a quote, a
back-tick, `${`), so that there it changes nothing in the tree.

A file without the bytes that a cure looks for costs it one search: `cured` takes a thirtieth of the
time to parse. What only matters where the grammar sees an error waits in `cured_errors`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_WORD = rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*"
_NOT_EOL = re.compile(rb"[^\r\n]")
_Cure = Callable[[bytes], bytes]


def cured(data: bytes) -> bytes:
    """The bytes to parse instead of `data`, of the same length; `data` itself where nothing is wrong."""
    out = data.replace(b"\0", b" ") if b"\0" in data else data
    if b"`" in out:
        out = _tagged(out)
    for trigger, cure in _SILENT:
        if trigger in out:
            out = cure(out)
    return data if out == data else out


def cured_errors(data: bytes, jsx: bool) -> bytes:
    """The same for what the grammar rejects; `data` is cured already."""
    out = _RAW.sub(_without_escapes, data)
    if jsx:
        out = _ampersands(out)
    elif _LINE_OF_TYPE.search(out):
        out = _CALL_SIGNATURE.sub(_separated, out)
    for triggers, cure in _LOUD:
        if any(trigger in out for trigger in triggers):
            out = cure(out)
    return data if out == data else out


def blank(data: bytes) -> bytes:
    """As many blanks, with the same line ends."""
    return _NOT_EOL.sub(b" ", data)


def _name(data: bytes) -> bytes:
    """A name of the same length: its last characters are blank where `data` is no name."""
    return b"_" + blank(data[1:])


# --- `tag<T>`…`` : the type arguments of a tagged template go ----------------------------------

_TAGGED = re.compile(rb">\s*`")
_OPENS = re.compile(rb"[\w$)\]\x80-\xff]<")
_NO_TAG = re.compile(
    rb"(?<![\w$.])(?:return|case|typeof|void|await|yield|throw|else|do|new|default|in|of|as)$"
)
_TYPE_TOKEN = re.compile(
    rb"//[^\n]*|/\*.*?\*/|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|`(?:[^`\\]|\\.)*`|=>"
    rb"|(?P<open>[<({\[])|(?P<close>[>)}\]])|(?P<odd>&&|\|\||[=!]=|[+*/%^~@`])",
    re.S,
)
_PAIRS = {b">": b"<", b")": b"(", b"}": b"{", b"]": b"["}
_MAX_TYPE = 10_000
"""Type arguments longer than this many bytes are not looked for."""
_MAX_TRIES = 20


def _tagged(data: bytes) -> bytes:
    out: bytearray | None = None
    for match in _TAGGED.finditer(data):
        end = match.start() + 1
        if data[match.start() - 1 : match.start()] == b"=":
            continue
        start = _type_arguments(data, end)
        if start is not None:
            out = out if out is not None else bytearray(data)
            out[start:end] = blank(data[start:end])
    return bytes(out) if out is not None else data


def _type_arguments(data: bytes, end: int) -> int | None:
    """Where the type arguments begin that end before `end`, if what is there can be some."""
    start = end
    for _ in range(_MAX_TRIES):
        start = data.rfind(b"<", max(1, end - _MAX_TYPE), start)
        if start < 0:
            return None
        if _OPENS.match(data, start - 1) and _balances(data, start, end):
            closes = data.startswith(b"</", data.find(b"`", data.find(b"`", end) + 1) + 1)  # JSX text
            return None if closes or _NO_TAG.search(data, max(0, start - 10), start) else start
    return None


def _balances(data: bytes, start: int, end: int) -> bool:
    """Does the bracket at `start` close just before `end`, with only types between?"""
    depth: list[bytes] = []
    for token in _TYPE_TOKEN.finditer(data, start, end):
        match token.lastgroup:
            case "open":
                depth.append(token[0])
            case "close":
                if not depth or depth.pop() != _PAIRS[token[0]]:
                    return False
                if not depth:
                    return token.end() == end
            case "odd":
                return False
            case _:
                pass
    return False


# --- `String.raw`…` `: it may hold what is no escape sequence elsewhere, as in C:\users ---------

_RAW = re.compile(rb"raw`(?:[^`\\]|\\.)*`", re.S)
_ESCAPE = re.compile(rb"(\\\\)|\\(?=[ux0-9])")


def _without_escapes(match: re.Match[bytes]) -> bytes:
    return _ESCAPE.sub(lambda escape: escape[1] or b"_", match[0])


# --- JSX: `&` that begins no entity ------------------------------------------------------------

_ATTRIBUTE = re.compile(rb"=\"[^\"\n]*&[^\"\n]*\"|='[^'\n]*&[^'\n]*'")
_JSX_TEXT = re.compile(rb">(?:[^<>{}()\[\]`\"=;&]|&#?\w+;|&(?!&))*</")
_AMPERSAND = re.compile(rb"(?<!&)&(?!#?\w+;|&)")


def _ampersands(data: bytes) -> bytes:
    for place in (_ATTRIBUTE, _JSX_TEXT):
        data = place.sub(lambda m: _AMPERSAND.sub(b"+", m[0]), data)
    return data


# --- The others, each with what must be there for it -------------------------------------------

_IMPORT_TYPE = re.compile(
    rb"import\s*\(\s*(?:'[^'\n]*'|\"[^\"\n]*\")\s*(?:,\s*\{[^()]*\}\s*)?,?\s*\)"
    rb"(?P<member>\s*\.\s*(?!(?:then|catch|finally)\b)"
    + _WORD
    + rb"(?![\w$\x80-\xff])(?!\s*(?:[(`!]|\?\.)))?"
)
_BEFORE_TYPE = re.compile(rb"(?:\b(?:typeof|as|satisfies|keyof|extends)\s|[<|&])\s*$")
_AWAITS = re.compile(rb"\bawait\s+$")


def _import_types(data: bytes) -> bytes:
    """`import('x').Y` as a type: a name. A call of `import` is followed by nothing or by a method call."""

    def name(match: re.Match[bytes]) -> bytes:
        before, member = match.start(), match["member"] or b""
        is_type = _AWAITS if member else _BEFORE_TYPE
        if bool(is_type.search(data, max(0, before - 20), before)) is bool(member):
            return match[0]
        return b"import_" + blank(match[0][7 : len(match[0]) - len(member)]) + member

    return _IMPORT_TYPE.sub(name, data)


_USING = re.compile(rb"using[ \t]+(?!(?:of|in|as|from|instanceof)\b)" + _WORD + rb"\s*(?:[:=,;]|of\b)")
_USING_AWAITS = re.compile(rb"(?<![\w$.#])(?:await[ \t]+)?$")


def _using(data: bytes) -> bytes:
    """`using x = y` and `await using x = y` as `const x = y`."""
    out = bytearray(data)
    for match in _USING.finditer(data):
        start = max(0, match.start() - 20)
        if before := _USING_AWAITS.search(data, start, match.start()):
            end = match.start() + len(b"using")
            out[before.start() : end] = b"const".ljust(end - before.start())
    return bytes(out)


_DECORATOR = re.compile(rb"@\((?!\s*[\w$.]+\s*(?:\([^()]*\)\s*)?\))")
_EXPRESSION_TOKEN = re.compile(
    rb"//[^\n]*|/\*.*?\*/|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|`(?:[^`\\]|\\.)*`"
    rb"|(?P<open>[({\[])|(?P<close>[)}\]])",
    re.S,
)


def _decorators(data: bytes) -> bytes:
    """`@(any ? expression : here)`: a name."""
    out = bytearray(data)
    for match in _DECORATOR.finditer(data):
        depth = 0
        for token in _EXPRESSION_TOKEN.finditer(data, match.start() + 1):
            depth += {"open": 1, "close": -1}.get(token.lastgroup or "", 0)
            if depth == 0:
                out[match.start() + 1 : token.end()] = _name(data[match.start() + 1 : token.end()])
                break
    return bytes(out)


def _sub(pattern: re.Pattern[bytes], replacement: Callable[[re.Match[bytes]], bytes]) -> _Cure:
    return lambda data: pattern.sub(replacement, data)


def _renamed(match: re.Match[bytes]) -> bytes:
    """The word in the group `word` is no keyword with another last letter."""
    start, end = match.start("word") - match.start(), match.end("word") - match.start()
    return match[0][: end - 1] + b"_" + match[0][end:] if end > start else match[0]


def _blanked(match: re.Match[bytes]) -> bytes:
    start, end = match.start("word") - match.start(), match.end("word") - match.start()
    return match[0][:start] + blank(match[0][start:end]) + match[0][end:]


# A pattern that begins with letters is found faster than one that begins with `\b`.
_EXPORT_TYPE_STAR = re.compile(rb"export(?<!\wexport)\s+(?P<word>type)\s*\*")
_IMPORT_PHASE = re.compile(
    rb"import(?<!\wimport)(?:\s+(?P<word>defer)\s+\*|(?P<call>\.(?:defer|source))\s*\()"
)
_PRIMITIVE = re.compile(
    rb"\(\s*(?P<word>string|number|boolean|symbol|object|any|unknown|never|undefined)(?=\s*\)\s*=>)"
)
_VARIANCE = re.compile(
    rb"(?P<head>[<,]\s*(?:const\s+)?)(?P<word>in\s+out|in|out)(?=\s+" + _WORD + rb"\s*(?:[,>=]|extends\b))"
)
_MAPPED_KEY = re.compile(
    rb"\[\s*(?P<word>type|namespace|module|string|number|boolean|symbol|object|any|unknown|never|declare|abstract)\s+in\b"
)
_OPERATOR_NAME = re.compile(rb"\n[ \t]*(?P<word>in|instanceof)(?=\??[ \t]*:)")
_MODIFIER_NAME = re.compile(rb"\b(?P<word>abstract|accessor|using)(?=\s*(?:[?!]?:|[=(;,.)\]}?]))")
_ACCESSOR = re.compile(rb"[a-z][ \t]+(?P<word>accessor)(?=[ \t]+[\w$#\[\"'\x80-\xff])")

# A postfix `!` binds too loosely: `a && b!.c` is read as `(a && b)!.c`.
_NON_NULL = re.compile(
    rb"(?P<word>!)(?<=[\w$)\]\x80-\xff]!)(?<!\breturn!)"
    rb"(?=\s*(?:\??\.|[\[(+\-*/%<>&|^]|\?\?|(?:as|satisfies|in|instanceof)\b)|\s+[=!]=)"
)
_LINE_OF_TYPE = re.compile(rb"\n[ \t]*<[A-Z]")
_CALL_SIGNATURE = re.compile(
    rb"[\w$\])}>][ \t]*\r?\n\s*(?P<word><[A-Z]\w*[^\n()<>]*(?:<[^\n()<>]*>[^\n()<>]*)*>)"
    rb"(?=\s*\((?:[^()]|\([^()]*\)){0,1000}\)\s*:)"
)


def _separated(match: re.Match[bytes]) -> bytes:
    """A call signature with type parameters after a member without a semicolon: they become one."""
    start = match.start("word") - match.start()
    return match[0][:start] + b";" + blank(match[0][start + 1 :])


def _phase(match: re.Match[bytes]) -> bytes:
    return _blanked(match) if match["word"] else match[0].replace(b".", b"_")


_SILENT: tuple[tuple[bytes, _Cure], ...] = (
    (b"import(", _import_types),
    (b"using ", _using),
    (b"!", _sub(_NON_NULL, _blanked)),
    (b" in ", _sub(_MAPPED_KEY, _renamed)),
)
_LOUD: tuple[tuple[tuple[bytes, ...], _Cure], ...] = (
    ((b"@(",), _decorators),
    ((b"type",), _sub(_EXPORT_TYPE_STAR, _blanked)),
    ((b"defer", b"source"), _sub(_IMPORT_PHASE, _phase)),
    ((b"=>",), _sub(_PRIMITIVE, _renamed)),
    ((b"in", b"out"), _sub(_VARIANCE, _blanked)),
    ((b"abstract", b"accessor", b"using"), _sub(_MODIFIER_NAME, _renamed)),
    ((b"in",), _sub(_OPERATOR_NAME, _renamed)),
    ((b"accessor",), _sub(_ACCESSOR, _blanked)),
)
