"""Follows the calls of one method to what they reach."""

from __future__ import annotations

from msgspec.structs import replace

from nestwise.project.extract_bodies import BODIES
from nestwise.project.extract_deeds import Deeds, Local
from nestwise.project.facts import (
    Call,
    Cond,
    Decorator,
    Expr,
    Function,
    Member,
    Name,
    New,
    Op,
    TObject,
    Type,
    dotted,
)
from nestwise.project.model.chains import (
    either,
    last,
    links,
    looped,
    path,
    runs_in_transaction,
    sql_text,
    told,
    use_of,
)
from nestwise.project.model.classes import declaring, lineage, own_method
from nestwise.project.model.deed_transactions import Transactions
from nestwise.project.model.effect_records import Calling, Effect, Effects
from nestwise.project.model.entities import entity_of
from nestwise.project.model.leads import Leads
from nestwise.project.model.operations import BEGINS, of_sql, table_in
from nestwise.project.model.orms.reading import target_in
from nestwise.project.model.project import Project
from nestwise.project.model.reach import (
    Reach,
    class_reach,
    field_reach,
    said,
    symbol_reach,
    typed_reach,
    value_reach,
)
from nestwise.project.model.scopes import Val
from nestwise.project.model.symbols import Ref, class_of, declaration, followed, resolve

_TEXTS = frozenset({"toQuery", "toSQL", "getQuery", "getSql", "getQueryAndParameters", "compile", "toNative"})
"""What makes the text of a query that is built."""


class Walk:
    """One method: its calls in the order of the text, with what its names reach."""

    def __init__(self, project: Project, ref: Ref, deeds: Deeds, ambient: str) -> None:
        self.project = project
        self.ref = ref
        self.deeds = deeds
        self.ambient = ambient
        self.names: dict[tuple[int, str], Reach | None] = {}
        self.texts: dict[str, Expr] = {}
        """What variables are that hold no data, for the texts of statements."""
        self.within: dict[int, str] = {}
        """Functions that run in a transaction: `yes`, or `maybe` where a helper of the team's runs them."""
        self.made: set[str] = set()
        """Names of what `WITH` makes in queries."""
        self.running: set[str] = set()
        """Query runners and sessions whose transaction has begun."""
        self.effects: list[Effect] = []
        self.calls: dict[Calling, list[int]] = {}
        self.opens: list[str] = []
        self.unknown: list[str] = []
        self.leads = Leads(self)
        self.transactions = Transactions(self)
        self.scopes: set[int] = set()
        self.method = ""

    def run(self, scope: int) -> Effects:
        self.method = f"{self.ref.name}.{self.deeds.scopes[scope].name}"
        self.scopes = self.deeds.inside(scope)
        for number in sorted(self.scopes):
            self._bind_params(number)
        places = [i for i, d in enumerate(self.deeds.deeds) if d.scope in self.scopes]
        waiting = [one for one in self.deeds.locals if one.scope in self.scopes]
        for place in places:
            while waiting and waiting[0].before <= place:
                self._local(waiting.pop(0))
            self._deed(place)
        return Effects(
            tuple(self.effects),
            tuple(replace(call, deeds=tuple(places)) for call, places in self.calls.items()),
            tuple(dict.fromkeys(self.opens)),
            tuple(dict.fromkeys(self.unknown)),
        )

    def _bind_params(self, number: int) -> None:
        for param in self.deeds.scopes[number].params:
            self._bind(number, param.name, param.type, param.decorators)
            for name, kind in param.type.members if isinstance(param.type, TObject) else ():
                bare = name.removesuffix("?")
                self._bind(number, f"{param.name}.{bare}" if param.name else bare, kind)

    def _bind(
        self, number: int, name: str, kind: Type | None, decorators: tuple[Decorator, ...] = ()
    ) -> None:
        """A parameter, or with a dot a property of one: a client that is handed in may be a transaction's."""
        found = typed_reach(self.project, self.ref.path, kind, decorators)
        if found is not None and name:
            given = found.kind in ("client", "session") and not found.bound
            self.names[number, name] = replace(found, bound="maybe") if given else found

    def _local(self, local: Local) -> None:
        names, value, scope = local.names, local.value, local.scope
        self._give(names, self.reach(value, scope), scope, value)

    def _deed(self, place: int) -> None:
        deed = self.deeds.deeds[place]
        found = self.reach(deed.expr, deed.scope, place)
        if deed.how == "awaited" and found is not None and found.kind == "query":  # its rows
            found = replace(found, kind="document") if found.orm == "mongoose" else None
        if found is not None and found.started == "→" and deed.into:
            found = replace(found, started=deed.into[0])
        self._give(deed.into, found, deed.scope, deed.expr)

    def _give(self, names: tuple[str, ...], value: Reach | None, scope: int, expr: Expr) -> None:
        """Variables are given a value, or those of a pattern its members."""
        for name in names:
            bare = name.removeprefix(".")
            found = value if bare == name else self.leads.member(value, bare)
            if found is None and bare != name and isinstance(expr, Name):
                found = self._name(f"{expr.id}{name}", scope)
            self.names[scope, bare] = found
            if value is None:
                self.texts[bare] = expr

    # --- what an expression reaches ---

    def reach(self, expr: Expr, scope: int, place: int = -1, depth: int = 0) -> Reach | None:
        """What an expression reaches. `place`: the deed that it belongs to, whose effects are then told."""
        if depth > 60:
            return None
        match expr:
            case Name(id="this"):
                return Reach("self", service=self.ref)
            case Name(id=name):
                return self._name(name, scope)
            case Member(object=Name(id=owner), name=name) if known := self._property(owner, name, scope):
                return known
            case Member(object=inner, name=name):
                return self.leads.member(self.reach(inner, scope, place, depth + 1), name)
            case Call():
                found = self._call(expr, scope, place, depth)
                if expr.awaited and found is not None and found.kind == "query":  # its rows
                    return replace(found, kind="document") if found.orm == "mongoose" else None
                return found
            case New(callee=callee):
                model = self.reach(callee, scope, -1, depth + 1)
                if model is not None and model.kind == "repository":
                    return replace(model, kind="document")
                return self._made(expr)
            case Op(op="??" | "||", left=left, right=right) if left is not None:
                return either(*(self.reach(e, scope, place, depth + 1) for e in (left, right)))
            case Op(op="&&", right=right):
                return self.reach(right, scope, place, depth + 1)
            case Cond(then=then, other=other):
                return either(*(self.reach(e, scope, place, depth + 1) for e in (then, other)))
            case _:
                return None

    def _made(self, expr: New) -> Reach | None:
        found = value_reach(self.project, self.ref.path, expr)
        if found is not None:
            return found
        symbol = followed(self.project, resolve(self.project, self.ref.path, dotted(expr.callee)))
        return (
            Reach("document", entity=symbol) if isinstance(symbol, Ref) and self.is_entity(symbol) else None
        )

    def is_entity(self, ref: Ref) -> bool:
        return entity_of(self.project, ref) is not None

    def _property(self, owner: str, name: str, scope: int) -> Reach | None:
        """`opts.trx` of a parameter `opts: { trx?: … }`."""
        return self._name(f"{owner}.{name}", scope) if owner != "this" else None

    def _name(self, name: str, scope: int) -> Reach | None:
        while scope >= 0:
            if (scope, name) in self.names:
                return self.names[scope, name]
            around = self.deeds.scopes[scope]
            if any(p.name == name or name in p.keys for p in around.params):
                return None
            scope = around.parent if scope in self.scopes else -1
        if "." in name:
            return None
        return symbol_reach(self.project, followed(self.project, resolve(self.project, self.ref.path, name)))

    def _call(self, call: Call, scope: int, place: int, depth: int) -> Reach | None:
        callee = call.callee
        if isinstance(callee, Member):
            owner = self.reach(callee.object, scope, place, depth + 1)
            if isinstance(callee.object, Name) and callee.object.id == "super":
                return self._inherited(callee.name, call, place)
            if isinstance(callee.object, Call) and dotted(callee.object.callee) == "sql":
                client = self.reach(call.args[0], scope, -1, depth + 1) if call.args else None
                if client is not None:
                    self.raw(client, "sql", call, callee.object.args, place)
                return None
            return self.leads.called(owner, callee.name, call, place)
        if isinstance(callee, Name):
            return self._function(callee.id, call, scope, place)
        return None

    def _inherited(self, method: str, call: Call, place: int) -> Reach | None:
        refs = lineage(self.project, self.ref).refs
        above = next((r for r in refs[1:] if own_method(class_of(self.project, r), method)), None)
        if above is not None:
            self.calling(above, method, call, place)
            return None
        own = field_reach(self.project, self.ref, method)
        base = self._base()
        return own or (self.leads.called(base, method, call, place) if base is not None else None)

    def _base(self) -> Reach | None:
        found = class_reach(self.project, self.ref)
        return found if found.kind != "service" else None

    def _function(self, name: str, call: Call, scope: int, place: int) -> Reach | None:
        """A call of a plain function: a helper that opens a transaction, a client that is called itself."""
        owner = self._name(name, scope)
        if owner is not None:
            return self.leads.called(owner, "", call, place)
        found = value_reach(self.project, self.ref.path, call)
        if found is not None:
            return found
        given = self._given_back(name, call, scope)
        if given is not None:
            return given
        clients = [r for a in call.args if (r := self.reach(a, scope)) is not None and r.kind != "service"]
        clients = [r for r in clients if r.kind in ("client", "repository", "query", "session")]
        if clients and place >= 0:
            self.helped(clients[0], name, place, call)
        return None

    def _given_back(self, name: str, call: Call, scope: int) -> Reach | None:
        """What a function of the workspace gives back of what it is given: `dbOrTx(db, trx)`."""
        symbol = followed(self.project, resolve(self.project, self.ref.path, name))
        item = declaration(self.project, symbol) if isinstance(symbol, Ref) else None
        bodies = self.project.detail(symbol.path, BODIES) if isinstance(symbol, Ref) else None
        whole = bodies.of(item.name) if isinstance(item, Function) and bodies is not None else None
        if whole is None or not isinstance(item, Function) or not whole.body.returns:
            return None
        params = {p.name: a for p, a in zip(item.params, call.args, strict=False)}
        returned = [dotted(r) for r in whole.body.returns]
        if any(name not in {p.name for p in item.params} for name in returned):
            return None
        found = [self.reach(params[n], scope) if n in params else None for n in returned]
        given = [f for f, n in zip(found, returned, strict=True) if f is not None or n in params]
        return either(*given) if len(given) == 2 else given[0] if len(given) == 1 else None

    # --- what is told ---

    def helped(self, client: Reach, name: str, place: int, call: Call) -> None:
        """A helper is given a client: with a function, it may run that in a transaction."""
        opens = "trans" in name.lower() or name.lower().endswith(("tx", "trx"))
        symbol = followed(self.project, resolve(self.project, self.ref.path, name)) if opens else None
        sure = isinstance(symbol, Ref) and runs_in_transaction(self.project, symbol.path, "", symbol.name)
        if opens and self.open(place, name, client, sure=sure):
            self.opens.append(name)
            return
        self.unknown.append(f"{name}() is given {told(client, self.project)}")

    def open(self, place: int, step: str, client: Reach, *, sure: bool = True) -> bool:
        """The functions that a call is given run in a transaction, whose client is the first parameter."""
        found = False
        for number in sorted(self.scopes):
            scope = self.deeds.scopes[number]
            if scope.deed == place and scope.step == step:
                found = True
                self.within[number] = "hosted" if client.kind == "host" else "yes" if sure else "maybe"
                if scope.params and scope.params[0].name:
                    bound = replace(client, bound="yes" if sure else "maybe", service=None, started="")
                    session = client.orm in ("mongoose", "sequelize")
                    self.names[number, scope.params[0].name] = (
                        replace(bound, kind="session", started=scope.params[0].name) if session else bound
                    )
        return found

    def hand(self, place: int, step: str, client: Reach) -> None:
        """The functions that a call is given have a client as first parameter: `db.with('x', (db) => …)`."""
        for number in self.scopes:
            scope = self.deeds.scopes[number]
            if scope.deed == place and scope.step == step and scope.params and scope.params[0].name:
                self.names[number, scope.params[0].name] = client

    def tell(
        self, kind: str, reach: Reach, operation: str, call: Call, place: int, *, raw: bool = False
    ) -> None:
        if place < 0:
            return
        deed = self.deeds.deeds[place]
        if any(last(c.callee) in _TEXTS for c in links(deed.expr)) or (
            reach.table and reach.table in self.made
        ):
            return  # it is written down, and run by somebody else; or it is of what the query itself makes
        use = use_of(self.deeds, self.scopes, place)
        if reach.orm == "knex" and use in ("held", "dropped"):  # it runs once somebody waits for it
            if use == "held":
                self.unknown.append("a query of knex is built, and perhaps run elsewhere")
            return
        self.effects.append(
            Effect(
                kind,
                reach.orm,
                said(reach, self.project),
                operation,
                path(call.callee),
                self.transactions.of(reach, operation, place),
                looped(self.deeds, self.scopes, place),
                use,
                raw,
                reach.generic and reach.entity is None and not raw,
                reach.entity,
                self.ref.path,
                (),
                self.method,
                place,
                self.deeds.here(call.at if call.at.end else deed.at),
            )
        )

    def raw(self, client: Reach, operation: str, call: Call, args: tuple[Expr, ...], place: int) -> None:
        """A statement of SQL."""
        given = args[0] if args else None
        built = self.reach(given, self.deeds.deeds[place].scope) if given is not None and place >= 0 else None
        if built is not None and built.kind == "query":
            target = replace(client, entity=built.entity, table=built.table)
            self.tell("write" if built.verb == "write" else "read", target, operation, call, place, raw=True)
            return
        if isinstance(given, Name):
            given = self.texts.get(given.id, given)
        text = sql_text(self.project, self.ref.path, given) if given is not None else None
        kind = of_sql(text)
        if operation.startswith("$execute") and kind == "unknown":
            kind = "write"
        self.tell(kind, replace(client, entity=None, table=table_in(text)), operation, call, place, raw=True)

    def calling(self, ref: Ref, method: str, call: Call, place: int) -> None:
        if place < 0:
            return
        handed = any(self.transactions.is_bound(a, self.deeds.deeds[place].scope) for a in call.args)
        around = self.transactions.around(place)
        kinds = {"all": "ambient", "host": "hosted"}
        inside = around == "yes" or bool(self.running)
        here = "hosted" if around == "hosted" else "yes" if inside else "no"
        transaction = kinds.get(self.ambient, here)
        calling = Calling(
            ref,
            method,
            path(call.callee),
            transaction,
            handed,
            looped(self.deeds, self.scopes, place),
            use_of(self.deeds, self.scopes, place),
        )
        self.calls.setdefault(calling, []).append(place)

    def begin(self, reach: Reach, step: str) -> None:
        if step in BEGINS and reach.started:
            self.running.add(reach.started)

    def returned(self, ref: Ref, method: str, call: Call) -> Reach | None:
        """What a method of the workspace gives, by its return type and what it is given."""
        place = declaring(self.project, ref, method)
        found = own_method(class_of(self.project, place), method) if place is not None else None
        if place is None or found is None:
            return None
        given = typed_reach(self.project, place.path, found.returns)
        if given is not None and given.bound == "yes":  # the one of the call's context, if there is any
            given = replace(given, bound="maybe")
        if given is None or given.kind not in ("repository", "query") or given.entity or given.service:
            return given
        named = (target_in(self.project, Val(self.ref.path, a)) for a in call.args)
        entity = next((n for n in named if isinstance(n, Ref) and self.is_entity(n)), None)
        return replace(given, entity=entity)


__all__ = ["Walk"]
