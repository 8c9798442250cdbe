"""Modules that `ConfigurableModuleBuilder` makes: what their inherited static methods give.

`class CacheModule extends ConfigurableModuleClass`, with the builder's method name, options token and extras.
The dynamic module is put together as an expression, as if the method were written in the workspace.
"""

from __future__ import annotations

from msgspec import Struct

from nestwise.project.facts import Arr, Call, Const, Entry, Expr, Fn, Lit, Member, Name, New, Obj, Spread
from nestwise.project.model.classes import lineage
from nestwise.project.model.expressions import unwound
from nestwise.project.model.project import Project
from nestwise.project.model.scopes import Val, entry, is_absent, look
from nestwise.project.model.symbols import Ext, Ref, class_of, declaration, followed, resolve

_BUILDER = Ext("@nestjs/common", "ConfigurableModuleBuilder")
_CLASS = "ConfigurableModuleClass"
_TOKEN = "MODULE_OPTIONS_TOKEN"


class Builder(Struct, frozen=True):
    """What a chain from `new ConfigurableModuleBuilder()` to `build()` says."""

    path: str
    built: Expr
    """The call of `build`."""
    options: Expr | None
    """Of the constructor."""
    method: str | None = "register"
    """The name of the static method; None where it cannot be told."""
    extras: Expr | None = None
    transform: Expr | None = None


def builder_of(project: Project, ref: Ref) -> Builder | None:
    """The builder of the class that a module extends, directly or through classes of the workspace."""
    bases = lineage(project, ref).refs
    last = class_of(project, bases[-1]) if bases else None
    if last is None or last.extends is None:
        return None
    path = bases[-1].path
    name = last.extends
    if isinstance(name, Member) and name.name == _CLASS:  # `extends builder.ConfigurableModuleClass`
        return _read(project, look(project, Val(path, name.object)))
    if not isinstance(name, Name):
        return None
    symbol = followed(project, resolve(project, path, name.id))
    item = declaration(project, symbol) if isinstance(symbol, Ref) else None
    if not isinstance(item, Const) or not isinstance(symbol, Ref) or not isinstance(item.value, Member):
        return None
    if item.value.name != _CLASS:
        return None
    return _read(project, look(project, Val(symbol.path, item.value.object)))


def _read(project: Project, val: Val) -> Builder | None:
    head, steps = unwound(val.expr)
    if not isinstance(head, New):
        started = look(project, val.at(head))
        head = started.expr
    if not isinstance(head, New) or not steps or steps[-1][0] != "build":
        return None
    if not isinstance(head.callee, Name) or resolve(project, val.path, head.callee.id) != _BUILDER:
        return None
    found = Builder(val.path, val.expr, head.args[0] if head.args else None)
    for step, args in steps:
        if step == "setClassMethodName" and args:
            said = look(project, val.at(args[0])).expr
            known = said.value if isinstance(said, Lit) and said.kind == "string" else None
            found = Builder(found.path, found.built, found.options, known, found.extras, found.transform)
        elif step == "setExtras" and args:
            transform = args[1] if len(args) > 1 else None
            found = Builder(found.path, found.built, found.options, found.method, args[0], transform)
    return found


def token_of(project: Project, val: Val) -> str | Val | None:
    """The options token of `new ConfigurableModuleBuilder(…)…build()`: a text, or the expression that the
    builder is told; None where Nest makes one of its own."""
    builder = _read(project, look(project, val))
    if builder is None or builder.options is None:
        return None
    options = Val(builder.path, builder.options)
    given = entry(project, options, "optionsInjectionToken")
    if given is not None and not is_absent(given.expr):
        return given
    name = entry(project, options, "moduleName")
    shown = look(project, name).expr if name is not None else None
    if isinstance(shown, Lit) and shown.kind == "string":
        words = "".join(f"_{c}" if c.isupper() and i else c for i, c in enumerate(shown.value.strip()))
        return f"{words.upper()}_MODULE_OPTIONS"
    return None


def dynamic_of(project: Project, ref: Ref, val: Val, call: Call) -> Val | None:
    """The dynamic module that `X.register(options)` gives, where a builder made the method."""
    builder = builder_of(project, ref)
    called = call.callee.name if isinstance(call.callee, Member) else ""
    if builder is None or builder.method is None or called not in (builder.method, f"{builder.method}Async"):
        return None
    given = val.at(call.args[0]) if call.args else None
    scope: dict[str, Val | None] = {
        "$module": Val(ref.path, Name(ref.name)),
        "$token": _token_val(project, builder),
        "$options": given,
    }
    later = called != builder.method
    entries = [Entry("module", Name("$module")), Entry("providers", Arr(_providers(project, given, later)))]
    if later:
        imports = entry(project, given, "imports") if given is not None else None
        scope["$imports"] = imports
        if imports is None or not is_absent(imports.expr):
            entries.append(Entry("imports", Name("$imports")))
    for key in ("useFactory", "useClass", "useExisting", "inject"):
        scope[f"${key}"] = entry(project, given, key) if given is not None else None
    made = Val(builder.path, Obj(tuple(entries)), scope)
    return _transformed(project, builder, made, given)


def _providers(project: Project, given: Val | None, later: bool) -> tuple[Expr, ...]:
    """The options, and for `registerAsync` the factory or the class that makes them."""
    if not later:
        return (_provide(Entry("useValue", Name("$options"))),)
    if given is None or not isinstance(look(project, given).expr, Obj):
        return (Spread(Name("$options")),)  # cannot be read

    def says(key: str) -> bool:
        found = entry(project, given, key)
        return found is None or not is_absent(found.expr)

    if says("useFactory"):
        inject = Name("$inject") if says("inject") else Arr(())
        return (_provide(Entry("useFactory", Name("$useFactory")), Entry("inject", inject)),)
    key = "$useExisting" if says("useExisting") else "$useClass"
    made = _provide(Entry("useFactory", Fn((), ())), Entry("inject", Arr((Name(key),))))
    return (made,) if key == "$useExisting" else (made, Name(key))


def _provide(*entries: Entry) -> Obj:
    return Obj((Entry("provide", Name("$token")), *entries))


def _token_val(project: Project, builder: Builder) -> Val | None:
    """The constant that a file destructures from the builder, or holds as a member of what it gives."""
    for item in project.facts(builder.path).consts:
        if item.value == Member(builder.built, _TOKEN):
            return Val(builder.path, Name(item.name))
        if item.value == builder.built:
            return Val(builder.path, Member(Name(item.name), _TOKEN))
    return Val(builder.path, Member(builder.built, _TOKEN))


def _transformed(project: Project, builder: Builder, made: Val, given: Val | None) -> Val | None:
    """What the function of `setExtras` makes of a definition, with the extras and the caller's options."""
    if builder.transform is None:
        return made
    function = look(project, Val(builder.path, builder.transform))
    if not isinstance(function.expr, Fn) or len(function.expr.returns) != 1:
        return None
    names = function.expr.params
    extras: dict[str, Val | None] = {
        "$defaults": Val(builder.path, builder.extras or Obj(())),
        "$given": given if given is not None else Val("", Obj(())),
    }
    both = Obj((Entry("...", Name("$defaults")), Entry("...", Name("$given"))))
    scope: dict[str, Val | None] = {names[0]: made} if names else {}
    if len(names) > 1:
        scope[names[1]] = Val(builder.path, both, extras)
    return Val(function.path, function.expr.returns[0], scope)


__all__ = ["Builder", "builder_of", "dynamic_of", "token_of"]
