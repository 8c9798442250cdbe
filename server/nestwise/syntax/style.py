"""How code is written: what a text does most, and what an edit therefore writes.

A text is counted with a few regular expressions over its bytes: no tree is needed, so many files can be
counted for what a package does most.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

Counts = tuple[tuple[str, str, int], ...]
"""How often something is written in some way: aspect, way, count; sorted."""

QUOTES = "quotes"
"""`'` or `"`, of strings that hold neither."""
SEMICOLONS = "semicolons"
"""`;`, or nothing."""
INDENT = "indent"
"""One step: a tab or blanks."""
COMMAS = "trailing commas"
"""yes or no, of lists that are broken over lines."""
ARGUMENT_COMMAS = "trailing commas of arguments"
SPACED = "spaces in braces"
"""`{ a }` or `{a}`: yes, no."""
ORDER = "import order"
"""alphabetical or free, of three imports or more that follow each other."""
GROUPS = "import groups"
"""apart or together: is there an empty line where a file's own modules follow packages?"""
BUILTINS = "groups of Node's modules"
"""apart or together: is there an empty line where packages follow `node:` modules?"""
TYPES = "type imports"
"""statement (`import type { X }`) or inline (`import { type X }`)."""
ENDINGS = "import endings"
"""What relative specifiers end with: nothing, `.js`, `.ts`."""

ENV = "process.env"
"""How often the environment is read."""
WIDTH = "width"
"""Columns after which a line is wrapped."""
WIDEST, NARROWEST = "widest", "narrowest"
"""Of imports with several names: the widest on one line, and the narrowest over several if it were on one."""


class Style(Struct, frozen=True):
    """What an edit needs to know. The defaults are Prettier's with single quotes, as Nest's own starter has
    them."""

    quote: str = "'"
    semicolon: str = ";"
    indent: str = "  "
    commas: bool = True
    argument_commas: bool = True
    """Behind the last one of lists, and of arguments, that are broken over lines."""
    spaced: bool = True
    width: int = 0
    """Columns after which a line is wrapped; 0 where lines are left as they are."""
    ordered: bool = False
    """Are imports in alphabetical order?"""
    apart: bool = False
    """Is there an empty line between imports of packages and those of a project's own files?"""
    builtins_apart: bool = False
    """Is there one between those of Node's own modules and those of packages?"""
    own: frozenset[str] = frozenset()
    """Specifiers that lead to files of the project, whatever they look like."""

    def braces(self, inner: str) -> str:
        return f"{{ {inner} }}" if self.spaced else f"{{{inner}}}"


_TOKEN = re.compile(rb"//[^\n]*|/\*.*?\*/|`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"", re.S)
_STATEMENT = re.compile(
    rb"^[ \t]*(?:import|export|return|const|let|throw|await|this|super|private|readonly|public|protected"
    rb"|\} from)\b[^\n]*?(;|[\w)'\]])[ \t]*\r?$(?=\s*([^\s]|\Z)(\w*))",
    re.M,
)
_GOES_ON = frozenset(b".?:&|+-*/%=,)]<>([{")
_OPENS = re.compile(rb"^([ \t]*)[^\s][^\n]*[{(\[][ \t]*\r?$(?=\n([ \t]+)\S)", re.M)
_LIST_END = re.compile(rb"\n[ \t]*(?:\]|\} from\b)")
_NO_ITEM = frozenset(b"([{; \t\r\n\x0b\x0c")
"""What no element of a list ends with."""
_PARAMETERS_END = re.compile(rb"\n[ \t]*\)(?:: [^\n{]+)? \{")
_NO_PARAMETER = frozenset(range(256)) - frozenset(
    b",>])_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)
_IMPORT = re.compile(
    rb"^import\b(?:([^'\";]*?)\bfrom\s*)?(['\"])([^'\"\n]+)\2[ \t]*;?[^\n]*(\r?\n[ \t]*\r?\n)?", re.M
)
_INLINE = re.compile(rb"[{,]\s*type\s+\w")
_BRACE = re.compile(rb"\{( ?)[\w$]")
_MANY = 3


@lru_cache(maxsize=8)
def counted(data: bytes) -> Counts:
    """What a text does, and how often. Remembered for a while: one file has many fixes."""
    found: Counter[tuple[str, str]] = Counter()

    def blanked(token: re.Match[bytes]) -> bytes:
        text = token[0]
        quote = text[:1]
        if quote == b"/":
            return b""
        if quote != b"`" and len(text) > 2 and b"'" not in text[1:-1] and b'"' not in text[1:-1]:
            found[QUOTES, quote.decode()] += 1
        return b"''"

    code = _TOKEN.sub(blanked, data)
    for end, following, word in _STATEMENT.findall(code):
        if end == b";":
            found[SEMICOLONS, ";"] += 1
        elif following and following[0] not in _GOES_ON and not _is_heritage(following + word):
            found[SEMICOLONS, ""] += 1
    for before, after in _OPENS.findall(code):
        step = after[len(before) :]
        if after.startswith(before) and step in (b"\t", b"  ", b"    ", b"   "):
            found[INDENT, step.decode()] += 1
    found.update((COMMAS, way) for way in _last_commas(code, _LIST_END, _NO_ITEM))
    found.update((ARGUMENT_COMMAS, way) for way in _last_commas(code, _PARAMETERS_END, _NO_PARAMETER))
    if reads := code.count(b"process.env"):
        found[ENV, ""] += reads
    _count_imports(data, found)
    return _as_counts(found)


def _last_commas(code: bytes, ends: re.Pattern[bytes], none: frozenset[int]) -> Iterator[str]:
    """Whether there is a comma before each of the ends that stand on a line of their own. Looked for from the
    line end, of which there are few."""
    done = 0
    for end in ends.finditer(code):
        place = end.start()
        place -= code[place - 1 : place] == b"\r"
        last = len(code[done:place].rstrip(b" \t")) + done - 1
        if last >= done and code[last] not in none:
            yield "yes" if code[last] == ord(",") else "no"
            done = end.end()


def _is_heritage(word: bytes) -> bool:
    return word.startswith((b"extends", b"implements"))


def _count_imports(data: bytes, found: Counter[tuple[str, str]]) -> None:
    block: list[str] = []
    before, gap = b"", b""
    widest, narrowest = 0, 0
    for line in _IMPORT.finditer(data):
        clause, _, module, blank = line.groups(b"")
        if clause.lstrip().startswith(b"type "):
            found[TYPES, "statement"] += 1
        elif _INLINE.search(clause):
            found[TYPES, "inline"] += 1
        for space in _BRACE.findall(clause):
            found[SPACED, "yes" if space else "no"] += 1
        if clause.count(b",") > 1 and b"//" not in clause:
            joined = len(b" ".join(line[0].split()).replace(b", }", b" }"))
            if b"\n" not in clause:
                widest = max(widest, joined)
            elif not narrowest or joined < narrowest:
                narrowest = joined
        own = module.startswith(b".")
        if own:
            found[ENDINGS, next((e for e in (".js", ".ts") if module.endswith(e.encode())), "")] += 1
        changed = bool(before) and own and not before.startswith(b".")
        way = "apart" if gap else "together"
        if changed:
            found[GROUPS, way] += 1
        elif before.startswith(b"node:") and not own and not module.startswith(b"node:"):
            found[BUILTINS, way] += 1
        if (gap or changed) and block:
            _count_order(block, found)
            block = []
        if clause:
            block.append(module.decode(errors="replace").lower())
        before, gap = module, blank
    _count_order(block, found)
    for aspect, width in ((WIDEST, widest), (NARROWEST, narrowest)):
        if width:
            found[aspect, str(width)] += 1


def _count_order(block: list[str], found: Counter[tuple[str, str]]) -> None:
    if len(block) >= _MANY:
        found[ORDER, "alphabetical" if block == sorted(block) else "free"] += 1


def _as_counts(found: Counter[tuple[str, str]]) -> Counts:
    return tuple(sorted((aspect, way, count) for (aspect, way), count in found.items()))


def added(many: Iterable[Counts]) -> Counts:
    """The counts of several texts together."""
    total: Counter[tuple[str, str]] = Counter()
    for counts in many:
        for aspect, way, count in counts:
            total[aspect, way] += count
    return _as_counts(total)


def most(counts: Counts, aspect: str, least: int = 1) -> tuple[str, int, int] | None:
    """The way in which something is written most, how often, and of how many; None where there are fewer
    than `least`, or no way has more than half."""
    ways = {way: count for name, way, count in counts if name == aspect}
    total = sum(ways.values())
    if total < least or not ways:
        return None
    way, count = max(ways.items(), key=lambda item: (item[1], item[0]))
    return (way, count, total) if count * 2 > total else None


def styled(base: Style, counts: Counts, least: int = 1) -> Style:
    """`base`, with what the counts say."""

    def said(aspect: str, otherwise: str) -> str:
        found = most(counts, aspect, least)
        return found[0] if found is not None else otherwise

    def holds(aspect: str, way: str, otherwise: bool) -> bool:
        found = most(counts, aspect, least)
        return found[0] == way if found is not None else otherwise

    return replace(
        base,
        quote=said(QUOTES, base.quote),
        semicolon=said(SEMICOLONS, base.semicolon),
        indent=said(INDENT, base.indent),
        commas=holds(COMMAS, "yes", base.commas),
        argument_commas=holds(ARGUMENT_COMMAS, "yes", base.argument_commas),
        spaced=holds(SPACED, "yes", base.spaced),
        ordered=holds(ORDER, "alphabetical", base.ordered),
        apart=holds(GROUPS, "apart", base.apart),
        builtins_apart=holds(BUILTINS, "apart", base.builtins_apart),
    )


_WIDTHS = (80, 90, 100, 110, 120, 130, 140, 160)


def width_of(counts: Counts, assumed: int = 0) -> int:
    """The width that imports are wrapped at: the assumed one, unless wider ones are not; without one the
    usual width between the widest that is not wrapped and the narrowest that is; 0 where they contradict."""
    widest = max((int(w) for aspect, w, _ in counts if aspect == WIDEST), default=0)
    narrowest = min((int(w) for aspect, w, _ in counts if aspect == NARROWEST), default=0)
    if assumed and widest <= assumed:
        return assumed
    fits = [w for w in _WIDTHS if widest <= w < narrowest] if widest else []
    return fits[0] if fits else widest if assumed else 0


_STRING = re.compile(r"'([^'\"\\]*)'|\"([^'\"\\]*)\"")
_BRACES = re.compile(r"\{ ([^{}]*) \}")


def rewritten(code: str, style: Style) -> str:
    """A piece of code with the quotes and the blanks in braces of a style."""
    code = _STRING.sub(lambda s: f"{style.quote}{s[1] or s[2] or ''}{style.quote}", code)
    return code if style.spaced else _BRACES.sub(r"{\1}", code)
