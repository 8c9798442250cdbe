"""Whether a guard's body may refuse anybody: what it returns, throws, and calls without a `catch`."""

from __future__ import annotations

import re

from nestwise.project.facts import Body, Call, Expr, Lit, dotted, literal

HARMLESS = re.compile(
    r"(?i)(?:reflector?|logg?e?r?|configs?|configservice|env|i18n|metrics?)\.\w+$"
    r"|\.(?:switchTo\w+|getAllAnd\w+|create|includes|has|startsWith|endsWith|split|trim|toLowerCase|toString"
    r"|toUpperCase|replace|push|join|map|filter|some|every|find|debug|verbose|log|warn|error|info|set|header"
    r"|get(?:Request|Response|Next|Context|Handler|Class|Type|Args?|ArgByIndex|Info|Client|Data)?)$"
    r"|^(?:of|Promise\.resolve|String|Number|Boolean|Array\.isArray|Object\.\w+|Date\.now|console\.\w+|Math\.\w+|parseInt)$"
)
"""Calls that throw nothing and decide nothing by themselves."""
_REFUSES = re.compile(
    r"(?i)(?:^|\.)_?(?:check|assert|validat|verif|ensure|require|throw|authori|authenticat|consume|guard|reject"
    r"|canActivate|handleRequest|fail|deny|forbid|enforce)\w*$"
)
"""Calls whose results nobody needs: they throw."""
_GETS = re.compile(
    r"(?:^|\.)_?(?:get|find|is|has|can|list|load|fetch|read|count|to|parse|pick|resolve|extract|decode"
    r"|transform|convert|normali[sz]e|format|clean|saniti[sz]e|strip|trim|merge|plain|camel|snake)"
    r"(?:[A-Z]\w*)?$"
)


def rejects(body: Body, methods: dict[str, Body]) -> bool | None:
    """May the function give anything but `true`, or throw? None where what it calls may throw."""
    if not body.returns or body.throws:
        return True
    if not all(map(_is_true, body.returns)):
        return True
    return refuses(body, methods)


def _is_true(expr: Expr) -> bool:
    if isinstance(expr, Call) and dotted(expr.callee) in ("Promise.resolve", "of") and len(expr.args) == 1:
        expr = expr.args[0]
    return isinstance(expr, Lit) and literal(expr) is True


_READS = re.compile(
    r"(?i)(?:reflector?|logg?e?r?|console|gqlexecutioncontext)\.\w+$"
    r"|\.(?:switchTo\w+|get(?:Request|Response|Next|Context|Handler|Class|Type|Args?|ArgByIndex|Info|Client|Data)"
    r"|includes|has|startsWith|endsWith|split|trim|toLowerCase|toUpperCase|toString|replace|join|some|every)$"
    r"|^(?:String|Number|Boolean|Array\.isArray|Object\.(?:keys|values|entries)|Date\.now|Math\.\w+"
    r"|Promise\.resolve|of)$"
)
"""Calls that only look, or say what was seen."""


def only_looks(body: Body, methods: dict[str, Body]) -> bool:
    """Does a function leave everything as it was, log lines apart? Methods of the class itself are looked
    into."""
    if any("." in name or "[" in name for name, _ in body.locals):  # `request.user = …`
        return False
    for name in body.called:
        own = name.removeprefix("this.") if name.startswith("this.") else ""
        inner = methods.get(own)
        if inner is not None and inner is not body:
            if not only_looks(inner, {n: b for n, b in methods.items() if n != own}):
                return False
        elif not _READS.search(name):
            return False
    return True


def refuses(body: Body, methods: dict[str, Body]) -> bool | None:
    """Does what it calls throw, where nobody catches it? Methods of the class itself are looked into."""
    found: set[bool | None] = {False}
    for name in body.unsafe:
        own = name.removeprefix("this.") if name.startswith("this.") else ""
        inner = methods.get(own)
        if inner is not None and inner is not body:
            rest = {n: b for n, b in methods.items() if n != own}
            found.add(True if inner.throws else refuses(inner, rest))
        elif _REFUSES.search(name):
            found.add(True)
        elif not HARMLESS.search(name) and not _GETS.search(name):
            found.add(None)
    return True if True in found else None if None in found else False
