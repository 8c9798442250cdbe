"""What the calls of each ORM do: read, write, begin a transaction, or lead on to something else."""

from __future__ import annotations

import re

_TYPEORM_READS = frozenset(
    """
    find findBy findAndCount findAndCountBy findByIds findOne findOneBy findOneOrFail
    findOneByOrFail findOneById count countBy exist exists existsBy sum average minimum maximum
    preload findTrees findRoots findDescendants findDescendantsTree findAncestors findAncestorsTree
    countDescendants countAncestors aggregate stream findByAndCount
    """.split()
)
_TYPEORM_WRITES = frozenset(
    """
    save insert update updateAll upsert delete deleteAll remove softDelete softRemove recover
    restore increment decrement clear insertOne insertMany updateOne updateMany deleteOne deleteMany
    replaceOne bulkWrite findOneAndUpdate findOneAndDelete findOneAndReplace
    """.split()
)
_PRISMA_READS = frozenset(
    """
    findUnique findUniqueOrThrow findFirst findFirstOrThrow findMany count aggregate groupBy findRaw
    aggregateRaw exists
    """.split()
)
_PRISMA_WRITES = frozenset(
    """
    create createMany createManyAndReturn update updateMany updateManyAndReturn upsert delete
    deleteMany
    """.split()
)
_MIKRO_READS = frozenset(
    """
    find findOne findOneOrFail findAll findAndCount findByCursor count refresh populate
    """.split()
)
_MIKRO_WRITES = frozenset(
    """
    nativeInsert nativeUpdate nativeDelete insert insertMany upsert upsertMany persist
    persistAndFlush persistLater remove removeAndFlush removeLater flush
    """.split()
)
_MONGOOSE_READS = frozenset(
    """
    find findOne findById exists count countDocuments estimatedDocumentCount distinct aggregate
    paginate aggregatePaginate watch lean
    """.split()
)
_MONGOOSE_WRITES = frozenset(
    """
    create insertMany insertOne bulkWrite bulkSave updateOne updateMany update replaceOne
    findOneAndUpdate findByIdAndUpdate findOneAndReplace findOneAndDelete findByIdAndDelete
    findByIdAndRemove findOneAndRemove deleteOne deleteMany remove save
    """.split()
)
_SEQUELIZE_READS = frozenset(
    """
    findAll findOne findByPk findAndCountAll count sum max min aggregate reload
    """.split()
)
_SEQUELIZE_WRITES = frozenset(
    """
    create bulkCreate update destroy upsert increment decrement restore truncate findOrCreate
    findCreateFind findOrBuild save
    """.split()
)
_TABLES = {
    "typeorm": (_TYPEORM_READS, _TYPEORM_WRITES),
    "prisma": (_PRISMA_READS, _PRISMA_WRITES),
    "mikro-orm": (_MIKRO_READS, _MIKRO_WRITES),
    "mongoose": (_MONGOOSE_READS, _MONGOOSE_WRITES),
    "sequelize": (_SEQUELIZE_READS, _SEQUELIZE_WRITES),
}
RAW = frozenset(
    {
        "query",
        "$queryRaw",
        "$queryRawUnsafe",
        "$queryRawTyped",
        "$executeRaw",
        "$executeRawUnsafe",
        "execute",
        "raw",
    }
)
"""Calls that take a statement of SQL, on what they are called on being a client."""
BUILT = dict.fromkeys(
    """
    getOne getOneOrFail getMany getManyAndCount getCount getExists getRawOne getRawMany getRawAndEntities
    stream getResult getResultList getSingleResult
    """.split(),
    "read",
)
"""What ends a query of TypeORM or MikroORM."""
VERBS = dict.fromkeys("insert update delete softDelete restore remove add set truncate".split(), "write")
"""Steps of such a query that make it write."""
STARTS = {
    **dict.fromkeys("select selectDistinct selectDistinctOn selectFrom $count".split(), "read"),
    **dict.fromkeys(
        """
        insert insertInto update updateTable delete deleteFrom replaceInto mergeInto
        refreshMaterializedView
        """.split(),
        "write",
    ),
}
"""What begins a query of Drizzle or Kysely."""
OPENS = frozenset(
    {
        "transaction",
        "$transaction",
        "transactional",
        "withTransaction",
        "executeTx",
        "inTransaction",
        "runInTransaction",
    }
)
"""Calls that run a function in a transaction."""
BEGINS = frozenset({"startTransaction", "begin", "beginTransaction"})
ENDS = frozenset({"commitTransaction", "rollbackTransaction", "commit", "rollback", "abortTransaction"})
LOOPS = frozenset(
    """
    map forEach flatMap filter reduce every some each eachSeries mapSeries mapLimit concurrent for
    """.split()
)
"""Calls that run a function for each element."""
WRITES = frozenset().union(*(writes for _, writes in _TABLES.values()), VERBS, RAW) | {
    name for name, kind in STARTS.items() if kind == "write"
}
"""Names of all calls that may write, whatever they are called on."""
WAITS = frozenset({"all", "allSettled", "race", "any", "$transaction"})
"""Calls that wait for what is in their arguments."""
_READ = 2000
"""Characters of a statement that are looked at."""
_WORD = re.compile(r"^(?:\s|--[^\n]*\n|/\*.*?\*/|\()*([A-Za-z]+)", re.S)
_READS = frozenset({"select", "show", "explain", "values", "table", "describe", "pragma"})
_WRITES = frozenset(
    """
    insert update delete merge replace truncate create alter drop grant revoke call do copy vacuum
    reindex refresh lock set upsert comment
    """.split()
)


def classified(orm: str, operation: str) -> str:
    """read, write, or empty for a call that does neither."""
    reads, writes = _TABLES.get(orm, (frozenset(), frozenset()))
    return "read" if operation in reads else "write" if operation in writes else ""


def of_sql(text: str | None) -> str:
    """read or write, by the first word of a statement; unknown for one that cannot be told."""
    found = _WORD.match(text) if text else None
    if found is None:
        return "unknown"
    word = found[1].lower()
    if word == "with":
        written = re.search(r"\b(insert\s+into|update|delete\s+from|merge\s+into)\b", text or "", re.I)
        return "write" if written else "read"
    return "read" if word in _READS else "write" if word in _WRITES else "unknown"


def table_in(text: str | None) -> str:
    """The table that a statement is about, where it is plain; what stands in brackets is left out."""
    plain = (text or "")[:_READ]
    while plain != (inner := re.sub(r"\([^()]*\)", " ", plain)):
        plain = inner
    found = re.search(r"\b(?:from|into|update|table)\s+(?:only\s+)?[\"`\[]?([A-Za-z_][\w.$]*)", plain, re.I)
    return found[1] if found else ""


__all__ = [
    "BEGINS",
    "BUILT",
    "ENDS",
    "LOOPS",
    "OPENS",
    "RAW",
    "STARTS",
    "VERBS",
    "WAITS",
    "WRITES",
    "classified",
    "of_sql",
    "table_in",
]
