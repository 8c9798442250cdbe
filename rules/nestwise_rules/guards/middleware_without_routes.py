from collections.abc import Iterator

from nestwise.api import (
    Arr,
    Class,
    Ext,
    File,
    Finding,
    Fix,
    Name,
    Node,
    Obj,
    Project,
    Safety,
    Spot,
    ancestors,
    child,
    method_call,
    named,
    resolve,
    rule,
    span_of,
)

_CONSUMER = Ext("@nestjs/common", "MiddlewareConsumer")
_FUNCTIONS = frozenset({"method_definition", "function_declaration", "function_expression", "arrow_function"})


def bind_to_routes(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """For every route, or for those of the module; for which is the author's decision."""
    apply = file.source.node_at(finding.span)
    while apply is not None and apply.type != "call_expression":
        apply = apply.parent
    if apply is None:
        return
    chain = _outermost(apply)
    steps = _steps(chain, apply, file)

    def bound(title: str, routes: str) -> Fix:
        if "forRoutes" in steps:  # it stands there, empty
            edit = file.insert(chain.end_byte - 1, routes)
        else:
            lead = _line_of_its_own(file, chain)
            edit = file.insert(chain.end_byte, f"{lead}.forRoutes({routes})")
        return Fix(title, (edit,), Safety.UNSAFE)

    yield bound("Bind it to every route", file.written("'*'"))
    names = _controllers(file.class_at(apply))
    if names and "exclude" not in steps:
        yield bound(f"Bind it to the routes of {_listed(names)}", ", ".join(names))


@rule(
    level="error",
    since="0.1.0",
    when=(b"NestModule", b"MiddlewareConsumer"),
    spot=Spot(rb"\.\s*(apply)\b", ("property_identifier",)),
    plausible=lambda name, file: (call := _dropped(name)) is not None and _dangling(call, file) is not None,
    fixes=bind_to_routes,
)
def middleware_without_routes(name: Node, file: File, project: Project) -> Iterator[Finding]:
    call = _dropped(name)
    found = _dangling(call, file) if call is not None else None
    if call is None or found is None:
        return
    apply, consumer = found
    function = next((o for o in ancestors(call) if o.type in _FUNCTIONS), None)
    if not _is_consumer(file, project, call, file.text_of(consumer)) or function is None:
        return
    if _statement(call).type == "return_statement" and file.text_of(child(function, "name")) != "configure":
        return
    lack = "`forRoutes` without routes" if "forRoutes" in _steps(call, apply, file) else "`apply` alone"
    never = "never runs" if len(_arguments(apply)) == 1 else "never run"
    yield Finding(
        span_of(apply),
        f"{_applied(apply, file)} {never}: {lack} binds nothing. Say for which routes with `.forRoutes(…)`",
    )


def _dropped(name: Node) -> Node | None:
    """The whole chain with a call of that name, where it is a statement, or what a `return` gives."""
    called = method_call(name)
    apply = called[1].parent if called is not None else None
    call = _outermost(apply) if apply is not None else None
    outer = call.parent if call is not None else None
    if outer is None or outer.type == "return_statement":
        return call
    right = outer.type == "binary_expression" and child(outer, "right") == call
    branch = outer.type == "ternary_expression" and child(outer, "condition") != call
    if right or branch or outer.type == "await_expression":
        outer = outer.parent
    return call if outer is not None and outer.type == "expression_statement" else None


def _dangling(call: Node, file: File) -> tuple[Node, Node] | None:
    """The last `consumer.apply(…)` of a chain that says of no routes, and the consumer; None if it does."""
    apply: Node | None = None
    node: Node | None = call
    while node is not None and node.type == "call_expression":
        member = child(node, "function")
        name = file.text_of(child(member, "property"))
        if apply is None:
            if name == "apply":
                apply = node
            elif name != "exclude" and not (name == "forRoutes" and not _arguments(node)):
                return None
        elif name not in ("apply", "exclude", "forRoutes"):
            return None
        node = child(member, "object")
    if apply is None or node is None or node.type != "identifier" or not _arguments(apply):
        return None
    return apply, node


def _arguments(call: Node) -> list[Node]:
    return [a for a in named(child(call, "arguments")) if a.type != "comment"]


def _applied(apply: Node, file: File) -> str:
    """The middleware by its name: of a call that makes it the function, else in general."""
    names = []
    for one in _arguments(apply):
        named_by = child(one, "function") if one.type == "call_expression" else one
        if named_by is None or named_by.type not in ("identifier", "member_expression"):
            return "This middleware" if len(_arguments(apply)) == 1 else "These middleware"
        names.append(file.text_of(named_by))
    return _listed(names)


def _listed(names: list[str]) -> str:
    """`A`, `B` and `C`."""
    quoted = [f"`{name}`" for name in names]
    return " and ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))


def _steps(chain: Node, apply: Node, file: File) -> set[str]:
    """The names of the calls behind `consumer.apply(…)`."""
    found: set[str] = set()
    node: Node | None = chain
    while node is not None and node.id != apply.id:
        member = child(node, "function")
        found.add(file.text_of(child(member, "property")))
        node = child(member, "object")
    return found


def _statement(call: Node) -> Node:
    return next(o for o in ancestors(call) if o.type.endswith("_statement"))


def _outermost(apply: Node) -> Node:
    """The whole chain of calls that begins with `consumer.apply(…)`."""
    node = apply
    while (member := node.parent) is not None and member.type == "member_expression" and member.parent:
        node = member.parent
    return node


def _is_consumer(file: File, project: Project, call: Node, name: str) -> bool:
    """Is it a parameter of the type, or the first one of `configure` of a module?"""
    for function in ancestors(call):
        if function.type not in _FUNCTIONS:
            continue
        for place, param in enumerate(named(child(function, "parameters"))):
            if file.text_of(child(param, "pattern")) != name:
                continue
            typed = child(param, "type")
            if typed is not None:
                kind = file.text_of(typed).lstrip(": ")
                return resolve(project, file.path, kind) == _CONSUMER
            cls = file.class_at(function)
            configures = place == 0 and file.text_of(child(function, "name")) == "configure"
            return configures and cls is not None and "NestModule" in cls.implements
    return False


def _controllers(cls: Class | None) -> list[str]:
    """The controllers of the module, where its decorator names all of them."""
    for deco in cls.decorators if cls is not None else ():
        options = deco.args[0] if deco.args else None
        listed = options.get("controllers") if isinstance(options, Obj) else None
        if isinstance(listed, Arr) and all(isinstance(item, Name) for item in listed.items):
            return [item.id for item in listed.items if isinstance(item, Name)]
    return []


def _line_of_its_own(file: File, chain: Node) -> str:
    """Where each call of a chain has a line, what comes before the next one."""
    dot = child(child(chain, "function"), "property")
    start = dot.start_byte - 1 if dot is not None else 0
    line = file.data.rfind(b"\n", 0, start) + 1
    before = file.data[line:start]
    if before.strip() or file.data[start : start + 1] != b".":
        return ""
    return ("\r\n" if file.data[line - 2 : line] == b"\r\n" else "\n") + before.decode()
