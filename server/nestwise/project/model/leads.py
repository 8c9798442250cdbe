"""Where a member or a call of something that reaches data leads on to, ORM by ORM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from nestwise.project.facts import Call, Expr, Fn, Lit, Obj
from nestwise.project.model.chains import runs_in_transaction
from nestwise.project.model.classes import declaring, lineage, role_of_class
from nestwise.project.model.entities import entity_of
from nestwise.project.model.operations import BEGINS, BUILT, ENDS, OPENS, RAW, STARTS, VERBS, classified
from nestwise.project.model.orms.reading import target_in
from nestwise.project.model.reach import Reach, class_reach, field_reach
from nestwise.project.model.reach_entity import prisma_model
from nestwise.project.model.scopes import Val, look
from nestwise.project.model.symbols import UNKNOWN, Ref

if TYPE_CHECKING:
    from nestwise.project.model.deeds import Walk

_SELF = frozenset(
    """
    manager connection em entityManager queryRunner db client orm dataSource
    """.split()
)
"""Members of a client or repository that are a client themselves."""
_GIVES_REPOSITORY = frozenset(
    """
    getRepository getTreeRepository getMongoRepository model collection getCollection
    """.split()
)
_GIVES_CLIENT = frozenset(
    """
    fork $extends getConnection getKysely getKnex withSchema withPlugin with withRecursive useDb
    session getEntityManager clone unsafe
    """.split()
)
_DOCUMENT_WRITES = frozenset(
    """
    save remove softRemove recover destroy update deleteOne updateOne increment decrement restore
    """.split()
)
_NESTED = frozenset(
    """
    create createMany connectOrCreate update updateMany upsert delete deleteMany set connect
    disconnect
    """.split()
)
_FETCHES = frozenset(
    """
    findOne findOneBy findOneOrFail findOneByOrFail findById findByPk findOneAndUpdate
    findByIdAndUpdate create build findFirst findOrCreate insertOne
    """.split()
)
"""What gives one row, which may then save itself."""
_DOCUMENTS = frozenset({"typeorm", "mongoose", "sequelize"})


class Leads:
    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.project = walk.project

    # --- members ---

    def member(self, owner: Reach | None, name: str) -> Reach | None:
        if owner is None:
            return None
        if owner.kind == "self" and owner.service is not None:
            found = field_reach(self.project, owner.service, name)
            if found is not None:
                return found
            base = class_reach(self.project, owner.service)
            return self.member(base, name) if base.kind != "service" else None
        if owner.kind == "service" and owner.service is not None:
            return field_reach(self.project, owner.service, name)
        if owner.kind in ("client", "repository") and owner.service is not None:
            found = field_reach(self.project, owner.service, name)
            if found is not None:
                return found
        if owner.kind == "host":
            return replace(owner, kind="client", bound="ambient") if name == "tx" else None
        if owner.kind == "client":
            return self._of_client(owner, name)
        if owner.kind == "repository" and name in _SELF:
            return replace(owner, kind="client", entity=None, table="", service=None)
        if owner.kind == "tables":  # `db.query.users` of Drizzle
            return replace(owner, kind="repository", table=name)
        return None

    def _of_client(self, owner: Reach, name: str) -> Reach | None:
        if name in _SELF:
            return replace(owner, service=None)
        if owner.orm == "prisma" and not name.startswith(("$", "_")):
            model = prisma_model(self.project, self.walk.ref.path, name)
            return replace(owner, kind="repository", entity=model, table="" if model else name, service=None)
        if owner.orm == "drizzle" and name in ("query", "_query"):
            return replace(owner, kind="tables", service=None)
        return None

    # --- calls ---

    def called(self, owner: Reach | None, step: str, call: Call, place: int) -> Reach | None:
        if owner is None:
            return None
        if owner.service is not None and declaring(self.project, owner.service, step) is not None:
            self._opened_by_helper(owner, step, place)
            self.walk.calling(owner.service, step, call, place)
            return self.walk.returned(owner.service, step, call)
        match owner.kind:
            case "self":
                base = class_reach(self.project, owner.service) if owner.service is not None else None
                inherited = base if base is not None and base.kind != "service" else None
                return self.called(inherited, step, call, place)
            case "service":
                known = owner.service is None or not role_of_class(self.project, owner.service)
                line = lineage(self.project, owner.service) if owner.service is not None else None
                if not known and line is not None and line.base == UNKNOWN and owner.service is not None:
                    self.walk.unknown.append(f"{owner.service.name}.{step} is of a class that cannot be read")
                return None
            case "host":
                if "ransaction" in step:
                    self._open(owner, step, place)
                return None
            case "client":
                return self._client(owner, step, call, place)
            case "repository":
                return self._repository(owner, step, call, place)
            case "query":
                return self._query(owner, step, call, place)
            case "document":
                return self._document(owner, step, call, place)
            case "session":
                return self._session(owner, step, place)
            case "opening":  # `db.transaction().execute(…)` of Kysely
                if step == "execute" and not self._open(owner, step, place):
                    return replace(owner, kind="client", bound="yes")
                return owner
            case _:
                return None

    def _opened_by_helper(self, owner: Reach, step: str, place: int) -> None:
        """A method of the team's own that runs a function in a transaction, as its name says."""
        if place >= 0 and ("ransaction" in step or step.lower().endswith(("tx", "trx"))):
            client = owner if owner.kind in ("client", "repository") else Reach("client")
            where = declaring(self.project, owner.service, step) if owner.service is not None else None
            sure = where is not None and runs_in_transaction(self.project, where.path, where.name, step)
            if self.walk.open(place, step, replace(client, kind="client"), sure=sure):
                self.walk.opens.append(step)

    def _open(self, owner: Reach, step: str, place: int) -> bool:
        client = owner if owner.kind == "host" else replace(owner, kind="client")
        opened = place >= 0 and self.walk.open(place, step, client)
        if opened:
            self.walk.opens.append(f"{owner.orm} {step}")
        return opened

    def _client(self, owner: Reach, step: str, call: Call, place: int) -> Reach | None:
        orm, args = owner.orm, call.args
        if orm == "kysely" and step in ("transaction", "startTransaction"):
            return replace(owner, kind="opening")
        if step in OPENS:
            if not self._open(owner, step, place):
                if orm == "sequelize" and place >= 0:
                    self.walk.running.add("→transaction")
                    return Reach("session", orm, bound="yes")
                if place >= 0:
                    self.walk.opens.append(f"{orm} {step}")
            return None
        if step in BEGINS:
            self.walk.begin(owner, step)
            if place >= 0:
                self.walk.opens.append(f"{orm} {step}")
            return None
        if step in ENDS:
            if step.startswith("commit"):
                self.walk.running.discard(owner.started)
            return None
        if step == "createQueryRunner":
            return replace(owner, started="→", service=None)
        if step == "startSession":
            return Reach("session", orm, started="→")
        if step in _GIVES_REPOSITORY or step == "getCustomRepository":
            return self._given_repository(owner, args)
        if step == "withRepository":
            inner = self.walk.reach(args[0], self._scope(place)) if args else None
            return replace(inner, bound=owner.bound, started=owner.started) if inner is not None else None
        if step in ("createQueryBuilder", "qb"):
            entity, table = self._named(args[0], orm) if args else (None, "")
            return replace(owner, kind="query", entity=entity, table=table, verb="read", service=None)
        if orm in ("drizzle", "kysely") and step in STARTS:
            return self._started(owner, step, call, place)
        if orm == "knex":
            return self._knex(owner, step, call, place)
        if step in RAW:
            self.walk.raw(owner, step, call, args, place)
            return None
        if step in ("with", "withRecursive") and args:
            self.walk.made.add(self._named(args[0], orm)[1].partition("(")[0])
            self.walk.hand(place, step, owner)
        if step in _GIVES_CLIENT:
            return owner if step != "getConnection" else replace(owner, service=None)
        return self._of_manager(owner, step, call, place)

    def _of_manager(self, owner: Reach, step: str, call: Call, place: int) -> Reach | None:
        """`manager.save(User, …)`, `em.find(User, …)`: the entity is the first argument, or that of a row."""
        kind = classified(owner.orm, step) if owner.orm in ("typeorm", "mikro-orm") else ""
        entity, table = self._named(call.args[0], owner.orm) if call.args else (None, "")
        if entity is None and not table and call.args:
            row = self.walk.reach(call.args[0], self._scope(place))
            if row is not None and row.kind == "document":
                entity, table = row.entity, row.table
        target = replace(owner, kind="repository", entity=entity, table=table, service=None)
        if kind:
            self.walk.tell(kind, target, step, call, place)
        if step in _FETCHES or step in ("create", "assign", "merge", "save"):
            return replace(target, kind="document")
        return owner if step in ("persist", "remove") and owner.orm == "mikro-orm" else None

    def _repository(self, owner: Reach, step: str, call: Call, place: int) -> Reach | None:
        orm = owner.orm
        if step in ("createQueryBuilder", "qb", "queryBuilder"):
            return replace(owner, kind="query", verb="read", service=None)
        if step == "query" or (step == "execute" and orm == "mikro-orm"):
            self.walk.raw(owner, step, call, call.args, place)
            return None
        if orm == "drizzle":
            if step in ("findMany", "findFirst"):
                self.walk.tell("read", owner, step, call, place)
            return None
        if step in ("getEntityManager",):
            return replace(owner, kind="client", entity=None, service=None)
        if step in OPENS and orm != "mongoose":
            self._open(replace(owner, kind="client", entity=None, table=""), step, place)
            return None
        if step in ("scope", "unscoped", "schema", "extend", "bind", "setDataSource"):
            return owner
        if orm == "mongoose" and step in ("startSession", "$session"):
            return Reach("session", orm, started="→")
        kind = classified(orm, step)
        if not kind:
            return replace(owner, kind="document", service=None) if step in _FETCHES else None
        if orm == "typeorm" and step == "create":
            return replace(owner, kind="document", service=None)
        self.walk.tell(kind, owner, step, call, place)
        if orm == "prisma" and kind == "write":
            self._nested(owner, call, place)
        if orm == "mongoose" and step not in ("create", "insertMany", "save"):
            return replace(owner, kind="query", verb=kind, service=None)
        fetched = (step in _FETCHES or step == "save") and orm in _DOCUMENTS
        return replace(owner, kind="document", service=None) if fetched else None

    def _query(self, owner: Reach, step: str, call: Call, place: int) -> Reach | None:
        orm = owner.orm
        if orm == "mongoose":
            again = classified(orm, step) if step not in ("find", "findOne", "lean", "distinct") else ""
            if again == "write":
                self.walk.tell("write", owner, step, call, place)
            return replace(owner, kind="query")
        if orm == "drizzle":
            if step in ("from", "into") and owner.verb == "read" and call.args:
                entity, table = self._named(call.args[0], orm)
                self.walk.tell("read", replace(owner, entity=entity, table=table), "select", call, place)
            return owner
        if orm == "kysely":
            return owner
        if orm == "knex":
            return self._knex(owner, step, call, place)
        if step in BUILT:
            self.walk.tell("read", owner, step, call, place)
            return replace(owner, kind="document") if step == "getOne" else None
        if step in ("execute", "run"):
            self.walk.tell(owner.verb or "read", owner, step, call, place)
            return None
        if step in ("from", "into", "update", "delete", "insert", "relation") and call.args:
            entity, table = self._named(call.args[0], orm)
            if entity is not None or table:
                owner = replace(owner, entity=entity, table=table)
        if step in ("add", "remove", "set") and owner.verb == "relation":
            self.walk.tell("write", owner, step, call, place)
            return None
        if step == "relation":
            return replace(owner, verb="relation")
        return replace(owner, verb="write") if step in VERBS and step != "set" else owner

    def _document(self, owner: Reach, step: str, call: Call, place: int) -> Reach | None:
        if step in _DOCUMENT_WRITES and (owner.orm or owner.entity is not None):
            orm = owner.orm
            if (
                not orm
                and owner.entity is not None
                and (found := entity_of(self.project, owner.entity)) is not None
            ):
                orm = found.orm
            if orm in _DOCUMENTS:
                self.walk.tell("write", replace(owner, orm=orm), step, call, place)
        elif step == "reload":
            self.walk.tell("read", owner, step, call, place)
        elif step in ("populate", "set", "exec", "lean", "session", "select", "orFail", "toObject"):
            return owner
        return None

    def _session(self, owner: Reach, step: str, place: int) -> Reach | None:
        if step in BEGINS:
            self.walk.begin(owner, step)
            if place >= 0:
                self.walk.opens.append(f"{owner.orm} {step}")
        elif step in OPENS and place >= 0:
            self.walk.opens.append(f"{owner.orm} {step}")
            self.walk.open(place, step, owner)
            if owner.started:
                self.walk.running.add(owner.started)
        elif step.startswith("commit"):
            self.walk.running.discard(owner.started)
        return None

    def _started(self, owner: Reach, step: str, call: Call, place: int) -> Reach:
        """The beginning of a query of Drizzle or Kysely."""
        entity, table = self._named(call.args[0], owner.orm) if call.args else (None, "")
        query = replace(owner, kind="query", entity=entity, table=table, verb=STARTS[step], service=None)
        if owner.orm == "kysely" or STARTS[step] == "write" or step == "$count":
            self.walk.tell(STARTS[step], query, step, call, place)
            return query
        return replace(query, entity=None, table="")  # the table comes with `from`

    def _knex(self, owner: Reach, step: str, call: Call, place: int) -> Reach | None:
        """`knex('users').where(…).update(…)`: a read, unless a step writes."""
        if step == "raw":
            self.walk.raw(owner, step, call, call.args, place)
            return None
        if step in ("transaction", "transacting"):
            self._open(owner, step, place)
            return replace(owner, bound="yes") if step == "transacting" else None
        if owner.kind == "client":
            entity, table = self._named(call.args[0], "knex") if call.args else (None, "")
            return replace(owner, kind="query", entity=entity, table=table, verb="read", service=None)
        if step in ("from", "into", "table") and call.args:
            entity, table = self._named(call.args[0], "knex")
            owner = replace(owner, entity=entity, table=table or owner.table)
        if step in ("insert", "update", "del", "delete", "truncate", "increment", "decrement", "upsert"):
            self.walk.tell("write", owner, step, call, place)
            return replace(owner, verb="write")
        if step in ("select", "first", "count", "pluck", "sum", "max", "min") and owner.verb == "read":
            self.walk.tell("read", owner, step, call, place)
            return replace(owner, verb="told")
        return owner

    def _given_repository(self, owner: Reach, args: tuple[Expr, ...]) -> Reach | None:
        entity, table = self._named(args[0], owner.orm) if args else (None, "")
        if entity is not None:
            found = class_reach(self.project, entity)
            if found.kind == "repository":
                return replace(found, bound=owner.bound, started=owner.started)
        return replace(owner, kind="repository", entity=entity, table=table, service=None)

    def _named(self, expr: Expr, orm: str) -> tuple[Ref | None, str]:
        """The entity that an argument names, or the table that it is the text of."""
        val = Val(self.walk.ref.path, expr)
        if isinstance(expr, (Fn, Obj)):
            return None, ""
        if orm in ("kysely", "knex"):
            found = look(self.project, val).expr
            text = found.value if isinstance(found, Lit) and found.kind == "string" else ""
            return None, text.split(" as ")[0].strip()
        target = target_in(self.project, val)
        if isinstance(target, Ref):
            return (
                (target, "")
                if entity_of(self.project, target) is not None or orm != "typeorm"
                else self._class(target)
            )
        return None, target if isinstance(target, str) and isinstance(
            look(self.project, val).expr, Lit
        ) else ""

    def _class(self, ref: Ref) -> tuple[Ref | None, str]:
        return (ref, "") if class_reach(self.project, ref).kind == "repository" else (None, "")

    def _nested(self, owner: Reach, call: Call, place: int) -> None:
        """Writes of related models inside `data`: `{ posts: { create: … } }`."""
        given = call.args[0] if call.args else None
        data = given.get("data") if isinstance(given, Obj) else None
        found = entity_of(self.project, owner.entity) if owner.entity is not None else None
        for entry in data.entries if isinstance(data, Obj) and found is not None else ():
            relation = found.relation(entry.key) if found is not None else None
            if relation is None or not isinstance(entry.value, Obj) or not isinstance(relation.target, Ref):
                continue
            for one in entry.value.entries:
                if one.key in _NESTED - {"connect", "disconnect", "set"}:
                    target = replace(owner, entity=relation.target, table="")
                    self.walk.tell("write", target, f"nested {one.key}", call, place)

    def _scope(self, place: int) -> int:
        return self.walk.deeds.deeds[place].scope if place >= 0 else -1


__all__ = ["Leads"]
