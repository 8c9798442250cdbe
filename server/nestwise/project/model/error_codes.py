"""Codes of errors: whether what is thrown has one, and how a package mostly gives it."""

from __future__ import annotations

import re
from collections import Counter

from msgspec import Struct

from nestwise.project.extract_raised import RAISED
from nestwise.project.facts import Call, Expr, Lit, New, Obj, dotted
from nestwise.project.files import Role, role_of
from nestwise.project.model.exceptions import made_error
from nestwise.project.model.project import Project, question
from nestwise.project.model.symbols import Here, Ref

_KEYS = frozenset({"code", "errorCode", "error_code", "errorKey", "errCode", "type"})
_TEXT = re.compile(r"[A-Z][A-Z0-9]*(?:[_.:/-][A-Z0-9]+)+|[a-z][\w-]*(?:[./:][\w-]+)+|[A-Z]{2,}[0-9]+")
"""What a code looks like: `USER_NOT_FOUND`, `user/not_found`, `errors.user.notFound`."""
_CONSTANT = re.compile(r"(?:^|\.)[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$")
_LEAST = 10
"""Exceptions with a code from which on it is a habit."""
_MOST_WITHOUT = 0.2


class CodeHabit(Struct, frozen=True):
    """How the exceptions of a package are told apart."""

    form: str
    """A key of the object that is given (`code`), or `first`: the code is the first argument."""
    given: int
    total: int


def code_form(expr: Expr) -> str:
    """The form of the code that is given to an exception: a key of an object, or `first` for the first
    argument; empty for none, `?` where it cannot be told."""
    args = expr.args if isinstance(expr, (New, Call)) else ()
    if not args:
        return ""
    given = args[0]
    match given:
        case Obj():
            key = next((e.key for e in given.entries if e.key in _KEYS), "")
            return key or ("" if given.closed else "?")
        case Lit(kind="string", value=text):
            return "first" if _TEXT.fullmatch(text) else ""
        case Lit():
            return ""
        case _:
            name = dotted(given)
            if _CONSTANT.search(name):
                return "first"
            return "?" if name or isinstance(given, Call) else ""


@question
def code_habit(project: Project, package: str) -> CodeHabit | None:
    """What exceptions of HTTP of a package (its folder) mostly give as a code; None where they give none."""
    forms: Counter[str] = Counter()
    for path in project.paths:
        found = project.layout.package_of(path)
        if found is None or found.dir != package or role_of(path) is not Role.PRODUCTION:
            continue
        if _may_throw(project, path):
            forms.update(_forms_in(project, path))
    known = forms.total() - forms["?"]
    given = known - forms[""]
    form = next((f for f, _ in forms.most_common() if f not in ("", "?")), "")
    if given < _LEAST or forms[""] > known * _MOST_WITHOUT:
        return None
    return CodeHabit(form, given, known)


@question
def _may_throw(project: Project, path: str) -> bool:
    """By its imports alone."""
    return any(
        "xception" in i.name or i.module.endswith(("errors", "exceptions"))
        for i in project.facts(path).imports
    )


@question
def _forms_in(project: Project, path: str) -> tuple[str, ...]:
    raised = project.detail(path, RAISED)
    found: list[str] = []
    for expr in raised.thrown if raised is not None else ():
        made = made_error(project, Here(path, expr))
        if made is not None and made[1] == "http":
            own = isinstance(made[0], Ref)  # its class may give the code
            found.append(code_form(expr) or ("?" if own else ""))
    return tuple(found)


__all__ = ["CodeHabit", "code_form", "code_habit"]
