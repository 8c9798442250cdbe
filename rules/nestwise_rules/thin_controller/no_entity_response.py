import re
from collections.abc import Iterator

from nestwise.api import HIDES, File, Finding, Handler, Project, leak_of, rule

_RETURNED = re.compile(rb"\breturn\s+(?:await\s+)?(?:this\.(\w+)\.(\w+)\(|(\w+)\s*;?\s*\})")
_HIDING = {
    "typeorm": ", or hide it with `select: false`, or with `@Exclude()` and `ClassSerializerInterceptor`",
    "mikro-orm": ", or hide it with `hidden: true`",
    "prisma": ", or leave it out with `omit`",
}
_WORD = re.compile(r"\w+")


@rule(level="warning", since="0.1.0", strict=True)
def no_entity_response(handler: Handler, file: File, project: Project) -> Iterator[Finding]:
    if handler.kind != "http" or handler.declared.path != file.path:
        return
    cls = next((c for c in file.facts.classes if c.name == handler.declared.name and not c.inside), None)
    method = cls.method(handler.method) if cls else None
    if method is None:
        return
    body = file.data[method.body_at.start : method.body_at.end]
    leak = leak_of(project, handler, _returned(body))
    if leak is None or _hides(body, leak.columns):
        return
    columns = " and ".join(f"`{c}`" for c in leak.columns)
    verb = "goes" if len(leak.columns) == 1 else "go"
    hiding = _HIDING.get(leak.orm, "")
    yield Finding(
        method.name_at.span,
        f"`{method.name}` returns `{leak.name}` as it is stored: its {columns} {verb} to the client, too. "
        f"Return a DTO without{hiding}",
    )


def _returned(body: bytes) -> tuple[tuple[str, str], ...]:
    """What is called for what a handler returns: `this.field.method(…)`, also through a variable."""
    found: list[tuple[str, str]] = []
    for field, method, name in _RETURNED.findall(body):
        if field:
            found.append((field.decode(), method.decode()))
        else:
            held = rb"\b(?:const|let)\s+" + name + rb"\s*(?::[^=;]+)?=\s*(?:await\s+)?this\.(\w+)\.(\w+)\("
            given = re.findall(held, body)
            if len(given) == 1:
                found.append((given[0][0].decode(), given[0][1].decode()))
    return tuple(found)


def _hides(body: bytes, columns: tuple[str, ...]) -> bool:
    """Does the handler name a secret column, or leave something out?"""
    words = set(_WORD.findall(body.decode(errors="replace")))
    return bool(words & (HIDES | set(columns)))
