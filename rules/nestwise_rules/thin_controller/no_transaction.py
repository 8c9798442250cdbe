import re
from collections.abc import Iterator

from nestwise.api import (
    Class,
    File,
    Finding,
    Method,
    Project,
    Ref,
    ambient,
    handler_moved,
    own_effects,
    role_of_class,
    rule,
)

_MAY_BEGIN = re.compile(rb"[tT]ransaction\w*\s*(?:<[^(){};]*>\s*)?\(|startSession|\.begin\(|\w[tT]x\(")


_WORDS = (b"ransaction", b"startSession", b".begin(", b"Tx(", b"tx(")
"""Without one of these in the file, which are found far sooner, no class begins any."""


@rule(level="warning", since="0.1.0", fixes=handler_moved)
def no_transaction(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    if cls.inside or not cls.decorators or not any(word in file.data for word in _WORDS):
        return
    if not _MAY_BEGIN.search(file.data, cls.at.start, cls.at.end):
        return
    ref = Ref(file.path, cls.name)
    role = role_of_class(project, ref)
    if role not in ("controller", "resolver", "gateway"):
        return
    for method in cls.methods:
        if not method.static and not method.kind and (how := _begun(file, project, ref, method)):
            bound = "" if how.startswith("with") else ", and a service called in it writes outside of it"
            yield Finding(
                method.name_at.span,
                f"`{method.name}` begins a transaction {how} in a {role}: whoever does the same from "
                f"elsewhere has none{bound}. Move the step into a service",
            )


def _begun(file: File, project: Project, ref: Ref, method: Method) -> str:
    """How the method begins a transaction, as far as that is proven; empty for not at all."""
    if _MAY_BEGIN.search(file.data, method.body_at.start, method.body_at.end):
        for opened in own_effects(project, ref, method.name).opens:
            orm, _, step = opened.partition(" ")
            if step:
                return f"of {orm}"
    if any(d.name.rpartition(".")[2] == "Transactional" for d in method.decorators):
        return "with `@Transactional()`" if ambient(project, ref, method.name) else ""
    return ""
