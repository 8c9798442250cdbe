"""`nestwise routes` for people and for programs, on the sample shop."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SHOP = Path(__file__).parents[1] / "workspaces" / "shop"
STEP = {"name", "kind", "origin", "certain"}
GUARD = STEP | {"reads", "public", "required"}
INPUT = {"source", "name", "type", "validated", "pipes", "check", "converted", "properties", "unknown"}


@pytest.fixture
def shown(nestwise):
    def of(*options: str) -> str:
        done = nestwise("routes", *options, SHOP)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return of


def test_each_row_has_what_the_contract_says(shown):
    rows = json.loads(shown("--format", "json"))
    for row in rows:
        assert set(row) >= {
            *("application", "kind", "method", "path", "handler", "module", "file", "line", "access"),
            *("guards", "interceptors", "pipes", "filters", "middleware", "inputs"),
        }
        for kind in ("interceptors", "pipes", "filters", "middleware"):
            assert all(set(step) == STEP for step in row[kind])
        assert all(set(guard) == GUARD for guard in row["guards"])
        assert all(set(given) == INPUT for given in row["inputs"])
        line = (SHOP / row["file"]).read_text("utf-8").split("\n")[row["line"] - 1]
        assert row["handler"].partition(".")[2] in line


def test_the_table_fits_a_hundred_columns_and_counts(shown):
    lines = shown("--guards").splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[0] == "shop-api (src/backoffice.ts)"
    place = lines.index(
        "  guarded  PUT     /api/v1/partners/stock                           PartnersController.updateStock"
    )
    assert lines[place + 1].strip() == "PartnerKeyMiddleware (middleware of PartnersModule)"
    rows = json.loads(shown("--format", "json"))
    counts = [
        f"{n} {a}"
        for a in ("guarded", "public", "open", "unknown")
        if (n := [r["access"] for r in rows].count(a))
    ]
    assert lines[-1] == f"{len(rows)} routes: {', '.join(counts)}."


def test_unguarded_leaves_out_what_is_guarded_or_public_on_purpose(shown):
    rows = json.loads(shown("--unguarded", "--format", "json"))
    assert {row["access"] for row in rows} == {"open", "unknown"}
    assert "ProductsController.remove" in {row["handler"] for row in rows}
    assert "UsersController.unsubscribe" not in {row["handler"] for row in rows}
