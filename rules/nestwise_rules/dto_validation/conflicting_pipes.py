from collections.abc import Iterator

from nestwise.api import Emptied, File, Finding, Project, emptied_at, own_method, rule

_DOES = {
    "stripped": "`whitelist` strips all its properties",
    "rejected": "`forbidNonWhitelisted` rejects all its properties",
    "refused": "`forbidUnknownValues` refuses it",
}


@rule(level="error", since="0.1.0")
def conflicting_pipes(file: File, project: Project) -> Iterator[Finding]:
    told: set[tuple[str, str, int]] = set()
    for found in emptied_at(project, file.path):
        handler, position = found.input.handler, found.input.position
        place = (handler.declared.name, handler.method, position)
        for cls in file.facts.classes if place not in told else ():
            method = own_method(cls, handler.method) if cls.name == handler.declared.name else None
            if method is not None and position < len(method.params):
                told.add(place)
                yield Finding(method.params[position].name_at.span, _message(found))


def _message(found: Emptied) -> str:
    pipe = "the global `ValidationPipe`" if found.everywhere else "a `ValidationPipe`"
    name = found.input.meant.name
    when = "runs before the schema is asked" if found.first else "runs"
    return (
        f"`{name}` is made from a schema, and {pipe} {when}: {_DOES[found.what]}, as class-validator finds "
        f"no decorator there. Let only pipes of the schema's library run on `{found.input.handler.name}`."
    )
