from collections.abc import Iterator

from nestwise.api import File, Finding, Odd, Project, odd_ones, own_method, rule


@rule(level="information", since="0.1.0")
def mixed_library(file: File, project: Project) -> Iterator[Finding]:
    for odd in odd_ones(project).get(file.path, ()):
        handler = odd.input.handler
        for cls in file.facts.classes:
            if odd.ref is not None:
                if cls.name == odd.ref.name and not cls.inside:
                    yield Finding(cls.name_at.span, _message(odd, f"`{cls.name}` is"))
            elif cls.name == handler.declared.name:
                method = own_method(cls, handler.method)
                if method is not None and odd.input.position < len(method.params):
                    param = method.params[odd.input.position]
                    what = f"`{param.name}` is" if param.name else f"The {odd.input.source} is"
                    yield Finding(param.name_at.span, _message(odd, what))


def _message(odd: Odd, subject: str) -> str:
    return (
        f"{subject} validated with {odd.library}, where {odd.count} of the {odd.of} inputs of this package "
        f"are with {odd.usual}: clients of `{odd.input.handler.name}` get errors of another shape. Write it "
        f"with {odd.usual}, too."
    )
