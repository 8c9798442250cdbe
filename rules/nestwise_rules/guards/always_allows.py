from collections.abc import Iterator

from nestwise.api import Class, File, Finding, Project, Ref, only_allows, rule


@rule(level="warning", since="0.1.0")
def always_allows(cls: Class, file: File, project: Project) -> Iterator[Finding]:
    method = cls.method("canActivate")
    if method is None or cls.inside or not only_allows(project, Ref(file.path, cls.name)):
        return
    yield Finding(
        method.name_at.span,
        f"`{cls.name}` lets every request pass: `canActivate` gives `true` on every path and throws nothing. "
        "Refuse what may not pass, or remove the guard",
    )
