import re
from collections.abc import Iterator

from nestwise.api import (
    Class,
    File,
    Finding,
    Method,
    Project,
    Ref,
    Role,
    habits,
    logs_requests,
    own_effects,
    parts_of,
    role_of_class,
    rule,
)

_SIGNING = re.compile(
    r"(?:social|local)?(?:log_?in|sign_?in|sign_?up|register|log_?out|sign_?out|impersonate)(?![a-z])\w*"
    r"|(?:reset|change|forgot|set|update)Password|refresh(?:Access)?Tokens?|(?:confirm|verify)(?:Email|Otp|Code|2fa)"
    r"|revoke(?:All)?(?:Access|Refresh)?(?:Tokens?|Sessions?)",
    re.I,
)
_MONEY = frozenset(
    "payment payments billing checkout stripe paypal refund refunds payout payouts wallet invoice invoices "
    "subscription subscriptions".split()
)
_PAYS = frozenset(
    "charge pay refund capture checkout payout transfer withdraw deposit purchase subscribe".split()
)
_PAID = (_MONEY - {"wallet"}) | {"charge", "transfer"}
_CHANGES = frozenset("create cancel confirm process handle update".split())
_USE_CASE = re.compile(r"(?:UseCase|Usecase|CommandHandler|Handler)$")
_RUNS = frozenset({"execute", "handle", "run"})
_DOES = re.compile(rb"\bawait\b|\.then\(")
_HANDS_ON = re.compile(rb"\{\s*(?:return|await|return await)\s+this\.\w+\.[\w.]+\([^;{}]*\);?\s*\}")
"""A body that calls one method of something else, which may log."""
_WRITES = re.compile(
    rb"(?<![\w$])\w*\s*\.\s*(?:save|insert|create|update|delete|remove|upsert|persist|softDelete)\w*\s*(?:<[^>]*>)?\("
)
_NESTED = re.compile(rb"\b(?:(?:create|update|delete)(?:Many)?|connectOrCreate|upsert)\s*:\s*[{\[]")
"""What Prisma writes to other tables along with a row."""
_LOGS = re.compile(
    rb"[Ll]og(?:ger|s|ging)?\s*\??\s*[.(]|\blog[A-Z]\w*\(|[Aa]udit|\.\s*(?:emit|publish|track|capture)\w*\(|Sentry"
)
_CALLS = re.compile(rb"\bthis\s*\.\s*(#?\w+)\s*(?:<[^>]*>)?\(")


@rule(level="information", since="0.1.0", strict=True, roles=frozenset({Role.PRODUCTION}))
def silent_critical_flow(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    if cls.inside or not any(d.name.endswith("Injectable") or "Handler" in d.name for d in cls.decorators):
        return
    silent = [m for m in cls.methods if _is_open(m) and not _says(file, cls, m.name, set())]
    critical = [(m, what) for m in silent if (what := _told(file, cls, m))]
    found = [(m, what) for m, what in critical if what != "?"]
    ref = Ref(file.path, cls.name)
    if not critical or role_of_class(project, ref) not in ("injectable", "unknown", ""):
        return
    if not habits(project, file.path) or logs_requests(project):
        return
    for method, what in critical:
        if what == "?" and (targets := _targets(project, ref, method.name)):
            found.append((method, f"writes to {' and '.join(f'`{t}`' for t in targets[:2])}"))
    for method, what in found:
        yield Finding(
            method.name_at.span,
            f"`{method.name}` {what} and logs nothing: whether it happened, and for whom, cannot be told "
            "afterwards. Log its outcome",
        )


def _is_open(method: Method) -> bool:
    hidden = method.access in ("private", "protected") or method.name.startswith(("_", "#"))
    return not (hidden or method.kind or method.static) and method.body_at.end > method.body_at.start


def _told(file: File, cls: Class, method: Method) -> str:
    """What a method does that should leave a trace; `?` where its effects can tell, empty for nothing."""
    body = file.data[method.body_at.start : method.body_at.end]
    store = cls.name.endswith(("Repository", "Dao", "Seeder", "Seed", "Store", "Guard", "Strategy"))
    if store or not _DOES.search(body) or _HANDS_ON.fullmatch(body):
        return ""
    words, name = parts_of(cls.name), method.name
    first = next(iter(re.findall(r"[a-z]+", name)), "")
    if name in _RUNS and _USE_CASE.search(cls.name):
        name = _USE_CASE.sub("", cls.name)
        first = (re.findall(r"[A-Z][a-z]*", name) or [""])[0].lower()
        words = words | {"auth"}
    if words & {"auth", "authentication", "session", "sessions"} and _SIGNING.fullmatch(name):
        return "decides who is let in"
    money = bool(words & _MONEY) or name != method.name
    if money and (first in _PAYS or (first in _CHANGES and parts_of(name) & _PAID)):
        return "deals with payments"
    writes = len(_WRITES.findall(body))
    return "?" if writes > 1 or (writes and _NESTED.search(body)) else ""


def _says(file: File, cls: Class, name: str, seen: set[str]) -> bool:
    """Does a method, or one of the class that it calls, write to a log, or tell others?"""
    seen.add(name)
    method = next((m for m in cls.methods if m.name == name), None)
    if method is None:
        return False
    body = file.data[method.body_at.start : method.body_at.end]
    if _LOGS.search(body) or any("og" in d.name or "udit" in d.name for d in method.decorators):
        return True
    called = {found.decode() for found in _CALLS.findall(body)} - seen
    return any(_says(file, cls, one, seen) for one in called)


def _targets(project: Project, ref: Ref, method: str) -> list[str]:
    """The two or more tables that a method itself writes to; empty for fewer."""
    found = dict.fromkeys(e.target for e in own_effects(project, ref, method).writes if e.target)
    return list(found) if len(found) > 1 else []
