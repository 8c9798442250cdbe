from collections.abc import Iterator

from nestwise.api import (
    Application,
    File,
    Finding,
    Project,
    Span,
    callee_of,
    created_at,
    logger_of_application,
    numbers_requests,
    rule,
    span_of,
)


@rule(level="information", since="0.1.0", strict=True)
def no_correlation_id(app: Application, file: File, project: Project) -> Iterator[Finding]:
    if app.path != file.path or app.kind != "http":
        return
    logger = logger_of_application(project, app)
    if not logger or numbers_requests(project):
        return
    at = created_at(project, app)
    node = file.source.root.descendant_for_byte_range(at.start, at.start + 1)
    while node is not None and node.type != "call_expression":
        node = node.parent
    callee = callee_of(node) if node is not None else None
    span = span_of(callee) if callee is not None else Span(at.start, at.end)
    yield Finding(
        span,
        f"The application logs with {logger}, but its requests have no id: the lines of one request cannot "
        "be told from those of others. Give each an id (nestjs-pino does, or `nestjs-cls`) and log it",
    )
