"""Which names stand for something secret, which types hold it, and whether the logger hides it."""

from __future__ import annotations

import re
from functools import lru_cache

from nestwise.project.facts import Class, TArray, TInter, TName, TObject, TUnion, Type, TypeDecl
from nestwise.project.kinds import Kind
from nestwise.project.model.classes import lineage
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Ref, class_of, declaration, followed, resolve

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET = frozenset(
    (
        "password passwords passwd pwd passphrase passcode secret secrets token jwt authorization "
        "authorisation cookie cookies cvv cvc ssn credential credentials otp bearer"
    ).split()
)
_PAIRS = frozenset(
    {
        ("api", "key"), ("api", "keys"), ("private", "key"), ("secret", "key"), ("access", "key"),
        ("encryption", "key"), ("signing", "key"), ("card", "number"), ("credit", "card"), ("auth", "header"),
        ("authorization", "header"), ("auth", "tokens"), ("access", "tokens"), ("refresh", "tokens"),
    }
)  # fmt: skip
_TRAILING = frozenset("value text string plain raw confirm confirmation repeat again".split())
"""Words behind the one that counts: `passwordConfirmation` is a password."""
_HARMLESS = frozenset(
    (
        "is has have had no not or should can may must needs need with without was were enable enabled "
        "disable disabled use used using missing invalid valid expired require required requires masked "
        "redacted hidden hashed hash encrypted sanitized safe truncated partial last injection provider "
        "cancellation cancel abort page next previous continuation sync cursor sort max min total count "
        "input output prompt completion remaining estimated cached public symbol deleted changed "
        "updated"
    ).split()
)
"""Words that say that it is about a secret, or another kind of token."""
HIDES = frozenset(
    """
    omit exclude pick sanitize instanceToPlain classToPlain plainToInstance plainToClass toJSON serialize
    """.split()
)
"""Words of code that leaves something out of what it gives."""


@lru_cache(8192)
def is_secret_name(name: str) -> bool:
    """`accessToken`, `user_password`, `x-api-key`; not `tokenId`, `hasPassword`, `API_TOKEN`, `className`."""
    if name.isupper():
        return False
    words = [w.lower() for w in _WORD.findall(name)]
    while len(words) > 1 and words[-1] in _TRAILING:
        words.pop()
    if not words or _HARMLESS & set(words):
        return False
    return words[-1] in _SECRET or tuple(words[-2:]) in _PAIRS


def secret_member(project: Project, path: str, kind: Type | None) -> str:
    """A secret property of what a type annotation stands for; empty if none is proven."""
    match kind:
        case TArray(of=inner):
            return secret_member(project, path, inner)
        case TUnion(of=parts) | TInter(of=parts):
            return next((m for p in parts if (m := secret_member(project, path, p))), "")
        case TObject(members=members):
            named = ((n.removesuffix("?"), t) for n, t in members)
            return next((n for n, t in named if is_secret_name(n) and not _harmless(t)), "")
        case TName(name=name):
            symbol = followed(project, resolve(project, path, name))
            return _member_of(project, symbol) if isinstance(symbol, Ref) else ""
        case _:
            return ""


@question(cycle="")
def _member_of(project: Project, ref: Ref) -> str:
    item = declaration(project, ref)
    if isinstance(item, TypeDecl):
        return secret_member(project, ref.path, item.type)
    for base in lineage(project, ref).refs:
        cls = class_of(project, base)
        if cls is None or _shows_itself(cls):
            return ""
        held = [(p.name, p.type) for p in cls.properties if not p.static]
        held += [(p.name, p.type) for p in cls.ctor or () if p.access]
        found = next((n for n, t in held if is_secret_name(n) and not _harmless(t)), "")
        if found:
            return found
    return ""


def _shows_itself(cls: Class) -> bool:
    """A class that says how it is written out may leave secrets out."""
    return any(m.name in ("toJSON", "toString", "[]") for m in cls.methods)


def _harmless(kind: Type | None) -> bool:
    """Numbers and flags are about a secret; functions and services are not one."""
    if isinstance(kind, TName):
        return kind.name in ("number", "boolean", "Date", "bigint") or kind.name.endswith("Service")
    return kind is not None and not isinstance(kind, (TUnion, TArray, TObject)) and "function" in str(kind)


@question
def redacts(project: Project) -> bool:
    """Does the project's pino hide fields (`redact`)? Which ones is not asked."""
    return bool(project.with_kind(Kind.REDACTION))
