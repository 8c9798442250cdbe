import re
from collections.abc import Iterator

from nestwise.api import (
    Edit,
    Ext,
    File,
    FileEdits,
    Finding,
    Fix,
    Node,
    Project,
    Ref,
    Safety,
    Span,
    Spot,
    ancestors,
    application_at,
    child,
    file_at,
    followed,
    line_of,
    makeable_at,
    module_options,
    named,
    not_injected,
    pair_of,
    provided,
    resolve,
    rule,
    span_of,
    specifier_of,
    walk,
)

_HOLDER = Spot(rb"(UseGuards|useGlobalGuards|useValue|useFactory)\b", ("identifier", "property_identifier"))


def give_the_class(finding: Finding, file: File, project: Project) -> Iterator[Fix]:
    """The class in place of the instance, so that Nest makes it."""
    node = file.source.node_at(finding.span)
    made = _made_in(node, finding.data) if node is not None else None
    if made is None:
        return
    name = file.text_of(child(made, "constructor"))
    guard = _symbol(project, file, name)
    outer = next((a for a in ancestors(made) if a.type in ("call_expression", "pair")), None)
    if not isinstance(guard, Ref) or outer is None or outer.parent is None:
        return
    title, edit = f"Let Nest make `{name}`", Edit(span_of(made), name)
    if outer.type == "pair":
        title, edit = f"Let Nest make `{name}` with `useClass`", Edit(span_of(outer), f"useClass: {name}")
        if pair_of(file.source, outer.parent, "inject") is not None:
            return
    elif file.text_of(child(outer, "function")).endswith("useGlobalGuards"):
        yield from _bound_by_module(file, project, made, outer, guard)
        return
    elif not file.text_of(child(outer, "function")).endswith("UseGuards"):
        return
    cls = file.class_at(made)
    safe = cls is not None and makeable_at(project, Ref(file.path, cls.name), guard)
    yield Fix(title, (edit,), Safety.SAFE if safe else Safety.UNSAFE)


def _bound_by_module(file: File, project: Project, made: Node, call: Node, guard: Ref) -> Iterator[Fix]:
    """`APP_GUARD` in the root module in the place of a call that binds this guard alone."""
    statement = call.parent
    line = line_of(file.source, statement) if statement is not None else None
    roots = {a.root for a in application_at(project, file.path) if a.kind == "http"}
    root = roots.pop() if len(roots) == 1 else None
    alone = len(named(child(call, "arguments"))) == 1 and not named(child(made, "arguments"))
    if line is None or not alone or not isinstance(root, Ref):
        return
    same = root.path == file.path
    other = file if same else file_at(project, root.path)
    options = module_options(other, root.name) if other is not None else None
    module = specifier_of(project, root.path, guard) or ""
    if other is None or options is None or (not module and guard.path != root.path):
        return
    wanted = [("APP_GUARD", "@nestjs/core")]
    names = other.imported_all([*wanted, (guard.name, module)] if guard.path != root.path else wanted)
    if names is None:
        return
    local, imports = names
    cls = local.get(guard.name, guard.name)
    edit = provided(other, options, other.style.braces(f"provide: {local['APP_GUARD']}, useClass: {cls}"))
    if edit is None:
        return
    gone = Edit(line, "")
    title = f"Bind `{guard.name}` in `{root.name}` with `APP_GUARD`"
    if same:
        yield Fix(title, tuple(sorted([gone, edit, *imports])), Safety.UNSAFE)
        return
    name = file.text_of(child(made, "constructor"))
    used = re.findall(rb"(?<![\w.$])" + re.escape(name.encode()) + rb"(?![\w$])", file.data)
    spare = (file.unimported(name) or []) if len(used) == 2 else []
    there = FileEdits(root.path, tuple(sorted([edit, *imports])))
    yield Fix(title, tuple(sorted([gone, *spare])), Safety.UNSAFE, elsewhere=(there,))


def _held(name: Node) -> tuple[Node, list[Node]]:
    """What is called or given a value by that name, with the instances that are made for it right there."""
    holder, outer = name, name.parent
    if outer is not None and outer.type == "member_expression":
        holder, outer = outer, outer.parent
    if outer is not None and outer.type == "call_expression" and child(outer, "function") == holder:
        return holder, [a for a in named(child(outer, "arguments")) if a.type == "new_expression"]
    value = child(outer, "value") if outer is not None and outer.type == "pair" and holder == name else None
    if value is not None and value.type == "arrow_function":
        value = child(value, "body")
    return holder, [value] if value is not None and value.type == "new_expression" else []


@rule(
    level="warning",
    since="0.1.0",
    spot=_HOLDER,
    when=(b"UseGuards", b"useGlobalGuards", b"APP_GUARD"),
    plausible=lambda name, file: bool(_held(name)[1]),
    fixes=give_the_class,
)
def guard_instance(name: Node, file: File, project: Project) -> Iterator[Finding]:
    holder, instances = _held(name)
    if instances and _binds(holder, file, project):
        for made in instances:
            yield from _told(holder, made, file, project)


def _told(holder: Node, made: Node, file: File, project: Project) -> Iterator[Finding]:
    name, missing = _lacks(made, file, project)
    if not missing:
        return
    what = " and ".join(f"`{one}`" for one in missing)
    place = file.text_of(holder)
    how = (
        f"give the class to `{place}`"
        if place.endswith("UseGuards")
        else "bind the class with `APP_GUARD`"
        if place.endswith("useGlobalGuards")
        else "give the class to `useClass`"
    )
    yield Finding(
        _place(made),
        f"`new {name}()` is made by hand, so Nest injects nothing: {what} of `{name}` "
        f"{'are' if len(missing) > 1 else 'is'} undefined when a request comes. Let Nest make it: {how}",
        data=file.text_of(made),
    )


def _binds(holder: Node, file: File, project: Project) -> bool:
    """Is it a place in which Nest takes guards?"""
    text = file.text_of(holder)
    if text.endswith("useGlobalGuards"):
        return holder.type == "member_expression"
    if text.endswith("UseGuards"):
        return _symbol(project, file, text) == Ext("@nestjs/common", "UseGuards")
    pair = holder.parent
    provided = pair_of(file.source, pair.parent, "provide") if pair is not None and pair.parent else None
    token = file.text_of(child(provided, "value"))
    return bool(token) and _symbol(project, file, token) == Ext("@nestjs/core", "APP_GUARD")


def _lacks(made: Node, file: File, project: Project, depth: int = 0) -> tuple[str, tuple[str, ...]]:
    """The class of an instance, and the names of what Nest would have injected; or those of an argument of it
    that is made by hand, too."""
    name = file.text_of(child(made, "constructor"))
    symbol = _symbol(project, file, name)
    args = named(child(made, "arguments"))
    if not isinstance(symbol, Ref) or any(a.type == "spread_element" for a in args) or depth > 8:
        return name, ()
    missing = tuple(need.name for need in not_injected(project, symbol, len(args)) if need.name)
    if missing:
        return name, missing
    inner = (_lacks(a, file, project, depth + 1) for a in args if a.type == "new_expression")
    return next((found for found in inner if found[1]), (name, ()))


def _symbol(project: Project, file: File, name: str) -> object:
    return followed(project, resolve(project, file.path, name))


def _place(made: Node) -> Span:
    """The decorator around it, else the instance itself."""
    call = made.parent.parent if made.parent is not None else None
    outer = call.parent if call is not None else None
    return span_of(outer if outer is not None and outer.type == "decorator" else made)


def _made_in(node: Node, text: str) -> Node | None:
    """The instance with that text at a place, or in the decorator there."""
    return next((n for n in walk(node) if n.type == "new_expression" and n.text == text.encode()), None)
