"""The sample workspaces, started by Nest: every route, and all that runs before it, compared with ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from nest_oracle import comparables, nest, ours

WORKSPACES = Path(__file__).parents[1] / "workspaces"
APPLICATIONS = {
    "shop": {"shop-api (src/main.ts)": "src/main.ts", "shop-api (src/backoffice.ts)": "src/backoffice.ts"},
    "mono": {"api": "apps/api/src/main.ts", "admin": "apps/admin/src/main.ts"},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", APPLICATIONS)
def test_routes_are_those_of_nest(name: str) -> None:
    root = WORKSPACES / name
    found = ours(root)
    assert {row["application"] for row in found} == set(APPLICATIONS[name])
    for application, answer in zip(
        APPLICATIONS[name], nest((root, main) for main in APPLICATIONS[name].values()), strict=True
    ):
        rows = [row for row in found if row["application"] == application]
        assert comparables(rows) == comparables(answer["routes"])
        assert all(
            step["certain"] for row in found for kind in ("guards", "middleware") for step in row[kind]
        )


@pytest.mark.slow
@pytest.mark.parametrize("name", APPLICATIONS)
def test_access_is_what_requests_without_credentials_meet(name: str) -> None:
    root = WORKSPACES / name
    found = ours(root)
    answers = nest(((root, main) for main in APPLICATIONS[name].values()), access=True)
    for application, answer in zip(APPLICATIONS[name], answers, strict=True):
        said = {
            (r["method"], r["path"]): r["access"] == "guarded"
            for r in found
            if r["application"] == application
        }
        met = {(r["method"], r["path"]): r["status"] in (401, 403) for r in answer["routes"]}
        for row in found:  # a guard that asks for something else than credentials may refuse, too
            key = (row["method"], row["path"])
            if row["access"] == "open" and any(g["kind"] == "other" for g in row["guards"]):
                said.pop(key, None)
                met.pop(key, None)
        assert said == met
