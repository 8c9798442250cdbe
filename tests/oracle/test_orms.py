"""The entities that the model finds are those that the ORMs themselves make of the same files."""

from __future__ import annotations

from typing import Any

import pytest
from orm_oracle import differences, ours, theirs, unknown

pytestmark = pytest.mark.slow
Row = dict[str, Any]


def _indexes(row: Row, *, single: bool = True) -> Row:
    """Lists of indexes in no order, each once."""
    found = {
        (tuple(sorted(i["columns"])), bool(i["unique"]))
        for i in row["indexes"]
        if i["columns"] is not None and (single or len(i["columns"]) > 1)
    }
    return row | {"indexes": sorted(found)}


def test_drizzle(tmp_path):
    wanted = {name: _indexes(row) for name, row in theirs("drizzle").items()}
    found = {name: _indexes(row) for name, row in ours("drizzle", tmp_path).items()}
    for row in found.values():
        for column in row["columns"]:
            generated = column["generated"] in ("increment", "identity", "update")  # defaults to Drizzle, too
            column["hasDefault"] = bool(column["default"]) or generated
        for relation in row["relations"]:
            relation["onUpdate"] = relation["onUpdate"].replace("NO ACTION", "")
    assert "\n".join(differences(wanted, found)) == ""
    assert unknown(list(found.values())) == 0


def test_mikro(tmp_path):
    assert "\n".join(differences(theirs("mikro-orm"), ours("mikro-orm", tmp_path))) == ""


def test_mongoose(tmp_path):
    assert "\n".join(differences(theirs("mongoose"), ours("mongoose", tmp_path))) == ""


def test_sequelize(tmp_path):
    assert "\n".join(differences(theirs("sequelize"), ours("sequelize", tmp_path))) == ""


def test_prisma(tmp_path):
    wanted = {name: _indexes(row) for name, row in theirs("prisma").items()}
    found = {name: _indexes(row) for name, row in ours("prisma", tmp_path).items()}
    user = found["User"]  # Prisma's client leaves out what it cannot read
    user["columns"] = [c for c in user["columns"] if not c["type"].startswith("Unsupported")]
    assert "\n".join(differences(wanted, found)) == ""
    assert unknown(list(found.values())) == 0


NAMING = """\
import { DefaultNamingStrategy } from 'typeorm';
import { snakeCase } from 'typeorm/util/StringUtils';

export class Naming extends DefaultNamingStrategy {
  tableName(className: string, customName: string): string {
    return customName ? customName : snakeCase(className);
  }
  columnName(propertyName: string, customName: string, embeddedPrefixes: string[]): string {
    return snakeCase(embeddedPrefixes%s.join('_')) + (customName ? customName : snakeCase(propertyName));
  }
  joinColumnName(relationName: string, referencedColumnName: string): string {
    return snakeCase(relationName + '_' + referencedColumnName);
  }
  joinTableName(one: string, two: string, property: string): string {
    return snakeCase(one + '_' + property.replace(/\\./gi, '_') + '_' + two);
  }
}
"""


@pytest.mark.parametrize("naming", ["default", "snake", "snake joined"])
def test_typeorm(tmp_path, naming):
    more = []
    if naming != "default":
        more = [tmp_path / "more" / "naming.ts"]
        more[0].parent.mkdir()
        more[0].write_text(NAMING % (".concat('')" if naming == "snake" else ""), "utf-8")
    root = tmp_path / "root"
    root.mkdir()
    wanted = {name: _indexes(row, single=False) for name, row in theirs("typeorm", *more).items()}
    found = {name: _indexes(row, single=False) for name, row in ours("typeorm", root, *more).items()}
    content = wanted["Content"]  # its table has the columns of its heirs, too
    content["columns"] = [c for c in content["columns"] if c["property"] != "size"]
    for name, row in wanted.items():
        for column in row["columns"]:
            if column["type"] in ("String", "Number", "Boolean", "Object"):
                column["type"] = column["type"].lower()
        mine = {c["property"]: c for c in found.get(name, {"columns": []})["columns"]}
        for column in row["columns"]:
            given = mine.get(column["property"], {"type": ""})
            if column.pop("driver") and given["type"] == "":  # the driver's type and precision
                column["type"], column["precision"] = "", ""
    for row in found.values():
        for relation in row["relations"]:
            given = relation["cascade"]
            relation["cascade"] = ["insert", "update", "remove"] if given == "all" else given.split(", ")
            relation["cascade"] = [c for c in relation["cascade"] if c]
    assert "\n".join(differences(wanted, found)) == ""
    assert unknown(list(found.values())) == 0
