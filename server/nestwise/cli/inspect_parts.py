"""What the model knows of one thing, as plain values: names first, unknowns with their cause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nestwise.cli.inspect_data import (
    effects_shown,
    entity_member,
    entity_shown,
    input_shown,
    shape_shown,
    told_text,
)
from nestwise.cli.inspect_find import Thing
from nestwise.cli.inspect_wiring import Wiring
from nestwise.cli.routes import with_line
from nestwise.lint.file import File
from nestwise.project.facts import Call as CallExpr
from nestwise.project.facts import Const, Function, Import, Method, Name, Param, Property, TypeDecl, dotted
from nestwise.project.model.applications import Application, application_at, applications, applications_with
from nestwise.project.model.classes import class_decorators, display, lineage, role_of_class
from nestwise.project.model.conventions import habits_of
from nestwise.project.model.decorators import Applied, applied, taken_apart
from nestwise.project.model.guards import Guard, guard_of
from nestwise.project.model.handlers import Handler, handlers_of
from nestwise.project.model.inputs import inputs_of
from nestwise.project.model.metadata import metadata_of
from nestwise.project.model.pipes import pipe_of
from nestwise.project.model.practices import practices_of
from nestwise.project.model.protection import package_of
from nestwise.project.model.routes import routes_of_controller
from nestwise.project.model.symbols import (
    UNKNOWN,
    Ext,
    Here,
    Ref,
    Symbol,
    class_of,
    declaration,
    followed,
    resolve_link,
)
from nestwise.project.model.types import Meant, meant, written
from nestwise.views.places import Places
from nestwise.views.routes import row_of
from nestwise.workspace import Workspace

Row = dict[str, Any]


class Describer:
    """Describes things of one file."""

    def __init__(self, workspace: Workspace, file: File) -> None:
        self.project = workspace.project
        self.file = file
        self.places = Places(workspace)
        self.wiring = Wiring(workspace.project)

    def place(self, thing: Thing) -> Row:
        line = self.file.text.position(thing.where.start)[0] + 1
        return {"kind": thing.kind, "name": thing.name or "(no name)", "file": self.file.path, "line": line}

    def thing(self, thing: Thing) -> Row:
        out = self.place(thing)
        ref = Ref(self.file.path, thing.cls.name) if thing.cls is not None and not thing.cls.inside else None
        match thing.kind, thing.item:
            case "name", _:
                return self._name(thing.name, out)
            case "import", Import() as item:
                return out | self._import(item)
            case "class", _ if ref is not None and thing.cls is not None:
                return out | self.cls(ref)
            case "method", Method() as method if ref is not None:
                return out | {"name": f"{ref.name}.{method.name}"} | self._method(ref, method)
            case "property", Property() as item if ref is not None:
                return out | {"name": f"{ref.name}.{item.name}"} | self._property(ref, item)
            case "parameter", Param() as item if ref is not None:
                return out | self._param(ref, thing.method, item)
            case "function" | "constant", Function() | Const() as item:
                return out | self._decorator(item) | self._stored(item.name) | self._started()
            case "type", TypeDecl() as item:
                members = [name for name, _ in item.members]
                said: Row = {"kind": item.kind, "members": members, "exists": _EXISTS[item.kind == "enum"]}
                return out | said | self._stored(item.name)
            case _:
                return out | (
                    {"inside": thing.cls.inside} if thing.cls is not None and thing.cls.inside else {}
                )

    def _stored(self, name: str) -> Row:
        """The table of a constant or an interface."""
        return entity_shown(self.project, Ref(self.file.path, name)) or {}

    def _started(self) -> Row:
        """The applications that the file starts."""
        started = application_at(self.project, self.file.path)
        return {"applications": [_application(app) for app in started]} if started else {}

    # --- names ---

    def _symbol(self, symbol: Symbol) -> Row:
        if isinstance(symbol, Ext):
            return {"package": symbol.package} if symbol.package else {"declared": "a global, or nowhere"}
        if isinstance(symbol, Ref):
            item = declaration(self.project, symbol)
            line = self.places.line(symbol.path, item.at.start) if item is not None else 1
            return {"declared": f"{symbol.path}:{line}"}
        return {"unknown": ["it leads to nothing that can be read"]}

    def _name(self, name: str, out: Row) -> Row:
        link = resolve_link(self.project, self.file.path, name)
        symbol = followed(self.project, link.symbol)
        if isinstance(symbol, Ext) and not symbol.package:
            return {}
        out |= self._symbol(symbol)
        if link.type_only:
            out["type only"] = f"erased by {link.type_only}"
        if isinstance(symbol, Ref) and class_of(self.project, symbol) is not None:
            out |= self.cls(symbol)
        elif isinstance(symbol, Ref) and isinstance(
            item := declaration(self.project, symbol), Function | Const
        ):
            out |= self._decorator(item, symbol.path)
        elif isinstance(symbol, Ext):
            guard = guard_of(self.project, Here(self.file.path, Name(name)))
            out |= _guard(guard) if "Guard" in symbol.name else {}
        return out

    def _import(self, item: Import) -> Row:
        target = self.project.target(self.file.path, item.module)
        out: Row = {"from": item.module}
        if target.path is not None:
            out["file of the import"] = target.path
        elif target.package is not None:
            out["package"] = target.package
        else:
            return out | {"unknown": [f"`{item.module}` leads to no file and no package that is known"]}
        if item.name not in ("", "*"):
            symbol = followed(self.project, resolve_link(self.project, self.file.path, item.local).symbol)
            if isinstance(symbol, Ref) or symbol is UNKNOWN:
                out |= self._symbol(symbol)
            if isinstance(symbol, Ref) and (kind := self._class_kind(symbol)):
                out["is a"] = kind
        return out | ({"type only": True} if item.type_only else {})

    # --- classes ---

    def _class_kind(self, ref: Ref) -> str:
        cls = class_of(self.project, ref)
        if cls is None:
            return ""
        role = role_of_class(self.project, ref)
        for method, kind in _BY_METHOD.items():
            if role in ("", "injectable") and any(m.name == method for m in cls.methods):
                return kind
        if role == "injectable":
            return "provider"
        return role if role not in ("", "unknown") else "class"

    def cls(self, ref: Ref) -> Row:
        project, cls = self.project, class_of(self.project, ref)
        assert cls is not None
        kind = self._class_kind(ref)
        out: Row = {"kind": kind}
        line = lineage(project, ref)
        above = [r.name for r in line.refs[1:]]
        if line.base is not None:
            above.append(display(line.base))
        out["extends"] = above
        out["decorators"] = [_applied(a) for a in class_decorators(project, ref)]
        out["unknown"] = ["a base class that cannot be read"] if line.base is UNKNOWN else []
        if kind in ("controller", "resolver", "gateway"):
            apps = applications_with(project, ref)
            out["applications"] = [app.name for app in apps]
            out["handlers"] = [row for h in handlers_of(project, ref) for row in self._routes(h, short=True)]
        if kind == "module":
            out |= self.wiring.module(ref)
        else:
            out |= self.wiring.made(ref)
        if kind == "guard":
            out |= _guard(guard_of(project, Here(ref.path, Name(ref.name))))
        if kind == "pipe":
            out["does"] = pipe_of(project, Here(ref.path, Name(ref.name))).kind
        if (entity := entity_shown(project, ref)) is not None:
            out |= {"kind": "entity"} | entity
        elif kind == "class":
            out |= shape_shown(project, ref)
        return out

    # --- members ---

    def _handlers(self, ref: Ref, method: str) -> Iterator[Handler]:
        """The handlers that a method is: of its class, and of the controllers that inherit it."""
        seen: set[Handler] = set()
        placed = [p.controller for app in applications(self.project) for p in (*app.placed, *app.provided)]
        for controller in dict.fromkeys([ref, *placed]):
            for handler in handlers_of(self.project, controller):
                if handler.declared == ref and handler.method == method and handler not in seen:
                    seen.add(handler)
                    yield handler

    def _routes(self, handler: Handler, *, short: bool = False) -> list[Row]:
        """What `nestwise routes` says of a handler, in each application that has it."""
        out: list[Row] = []
        every: tuple[Application | None, ...] = applications_with(self.project, handler.controller) or (None,)
        for app in every:
            for placed in app.placed if app is not None else ():
                if placed.controller != handler.controller:
                    continue
                for route in routes_of_controller(self.project, app, placed):
                    if route.handler == handler:
                        row = with_line(self.places, row_of(self.project, app, route), route.handler)
                        out.append(_short(row) if short else row)
        if not out:
            shown = ", ".join(p or "?" for p in handler.paths)
            out.append(
                {"handler": handler.method, "kind": handler.kind, "method": handler.verb, "path": shown}
            )
        return out

    def _method(self, ref: Ref, method: Method) -> Row:
        out: Row = {}
        decorators = applied(self.project, ref.path, method.decorators)
        out["decorators"] = [_applied(a) for a in decorators]
        handlers = list(self._handlers(ref, method.name)) if not method.static else []
        if handlers:
            out |= {"kind": "handler", "routes": [], "unknown": []}
        for handler in handlers:
            for row in self._routes(handler):
                out["routes"].append(_route(row))
                for steps in _STEPS:
                    said = out.setdefault(steps, [])
                    said += [s for s in row.get(steps, ()) if s not in said]
                out["unknown"] += [cause for cause in row.get("unknown", ()) if cause not in out["unknown"]]
        if handlers:
            out["inputs"] = [
                input_shown(self.project, i) for i in inputs_of(self.project, handlers[0]) if i.shown
            ]
        effects = effects_shown(self.project, ref, method.name, self.places.line)
        if effects:
            effects["unknown"] = out.get("unknown", []) + effects["unknown"]
            effects["text"] = told_text(effects)
        return out | effects

    def _property(self, ref: Ref, item: Property) -> Row:
        out: Row = {"type": written(item.type), "means": _meant(meant(self.project, ref.path, item.type))}
        decorators = applied(self.project, ref.path, item.decorators)
        out["decorators"] = [_applied(a) for a in decorators]
        member = entity_member(self.project, ref, item.name)
        if member is not None:
            return {k: v for k, v in out.items() if k not in member} | member
        return out | (self.wiring.need(ref, item.name, None) or shape_shown(self.project, ref, item.name))

    def _param(self, ref: Ref, method: Method | None, item: Param) -> Row:
        owner = f"{ref.name}.{method.name if method else 'constructor'}"
        out: Row = {"of": owner, "type": written(item.type)}
        out["means"] = _meant(meant(self.project, ref.path, item.type))
        out["decorators"] = [_applied(a) for a in applied(self.project, ref.path, item.decorators)]
        cls = class_of(self.project, ref)
        if method is None:
            index = next((i for i, p in enumerate(cls.ctor or ()) if p.name == item.name), 0) if cls else 0
            return out | {"kind": "dependency"} | self.wiring.need(ref, item.name, index)
        for handler in self._handlers(ref, method.name):
            for given in inputs_of(self.project, handler):
                if method.params[given.position].name_at.start == item.name_at.start:
                    return out | {"kind": "input"} | input_shown(self.project, given)
        return out

    def _decorator(self, item: Function | Const, path: str | None = None) -> Row:
        """What a function or a constant does as a decorator, if it is one."""
        path = path or self.file.path
        called = CallExpr(Name(item.name), ()) if isinstance(item, Function) else Name(item.name)
        parts = taken_apart(self.project, path, called)
        if not parts or all(p.symbol is UNKNOWN for p in parts):
            return {}
        keys = metadata_of(self.project, parts).keys
        if all(isinstance(p.symbol, Ref) and p.symbol.path == path for p in parts) and not keys:
            return {}
        guards = [
            guard_of(self.project, a)
            for p in parts
            if p.is_from("@nestjs/common", "UseGuards")
            for a in p.args
        ]
        said = [_applied(p) for p in parts if p.symbol != Ref(path, item.name)]
        if not said and not guards:
            return {}
        bound = [{"name": g.name, "does": str(g.does)} for g in guards]
        return {"as a decorator": said, "guards": bound, "metadata": list(keys)}

    # --- the file ---

    def of_file(self) -> Row:
        """Applications that start here, what the package around does most, and how it is written."""
        path = self.file.path
        return {
            "starts": [f"{app.name} ({app.kind})" for app in application_at(self.project, path)],
            "practices": [
                {"what": p.what, "way": p.way, "from": p.module, "count": p.count, "of": p.of}
                for p in practices_of(self.project, package_of(self.project, path))
            ],
            "conventions": [
                {"aspect": h.aspect, "way": h.way, "source": h.source, "count": h.count, "of": h.of}
                for h in habits_of(self.project, path.rpartition("/")[0])
            ],
        }


_EXISTS = {True: "at run time", False: "for the compiler alone"}
_BY_METHOD = {"canActivate": "guard", "intercept": "interceptor", "transform": "pipe", "use": "middleware"}
_STEPS = ("middleware", "guards", "interceptors", "pipes", "filters", "inputs")


def _application(app: Application) -> Row:
    globals_ = {
        "guards": app.global_guards, "pipes": app.global_pipes,
        "interceptors": app.global_interceptors, "filters": app.global_filters,
    }  # fmt: skip
    named = {kind: [_named(g.here) for g in bound] for kind, bound in globals_.items()}
    unknown = {
        "modules or controllers": app.complete, "what is bound globally": app.globals_complete,
        "the prefix": app.prefix is not None, "middleware": app.middleware_complete,
    }  # fmt: skip
    return (
        {"name": app.name, "kind": app.kind, "root": display(app.root), "adapter": app.adapter}
        | {"prefix": f"/{app.prefix}" if app.prefix else "", "modules": len(app.modules)}
        | {f"global {kind}": names for kind, names in named.items()}
        | {"unknown": [f"there may be more {what}" for what, known in unknown.items() if not known]}
    )


def _named(here: Here) -> str:
    expr = here.expr
    return dotted(getattr(expr, "callee", expr)) or "an expression"


def _applied(one: Applied) -> str:
    name = f"@{display(one.symbol)}"
    if isinstance(one.symbol, Ext) and one.symbol.package:
        name += f" of {one.symbol.package}"
    via = f" through @{display(one.via[0])}" if one.via else ""
    return f"{name}{via}{'' if one.certain else ', perhaps'}"


def _guard(guard: Guard) -> Row:
    opens = {True: "opens the route", False: "without it the route is open"}
    return {
        "does": str(guard.does),
        "markers": [{"key": m.key, "effect": opens[m.opens]} for m in guard.markers],
        "reads": [r for r in guard.reads if r != "?"],
        "unknown": ["what the guard does"] if str(guard.does) == "unknown" else [],
    }


def _meant(kind: Meant) -> str:
    if kind.kind == "array" and kind.of is not None:
        return f"array of {_meant(kind.of)}"
    name = f" {kind.name}" if kind.name and kind.name != kind.kind else ""
    return "" if kind.kind == "none" else f"{kind.kind}{name}"


def _short(row: Row) -> Row:
    return {"handler": row["handler"].rpartition(".")[2]} | {
        k: v for k, v in _route(row).items() if k in ("path", "access")
    }


def _route(row: Row) -> Row:
    kept = ("access", "application", "module", "versions", "host")
    return {"path": f"{row['method']} {row['path']}", "kind": row["kind"]} | {
        k: row[k] for k in kept if k in row
    }
