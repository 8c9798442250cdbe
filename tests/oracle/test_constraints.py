"""What we say that each decorator of class-validator takes, and what it takes."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from nestwise.project.model.constraints import OPTIONS_AT, TAKES
from validation_oracle import NODE

pytestmark = pytest.mark.slow

OF_ANY_KIND = {
    "Allow", "IsDefined", "IsEmpty", "IsEnum", "IsIn", "IsInstance", "IsNotEmpty", "IsNotIn", "IsOptional",
    "Equals", "NotEquals",
}  # fmt: skip


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    script = NODE / "constraints.cjs"
    asked = json.dumps({"options": OPTIONS_AT})
    done = subprocess.run(["node", str(script)], input=asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_decorator_is_known(answers: dict[str, Any]) -> None:
    assert set(answers) - set(TAKES) == OF_ANY_KIND
    assert set(TAKES) <= set(answers)


def test_no_decorator_takes_a_kind_that_we_say_it_refuses(answers: dict[str, Any]) -> None:
    wrong = {name: set(found["takes"]) - TAKES[name] for name, found in answers.items() if name in TAKES}
    assert {name: kinds for name, kinds in wrong.items() if kinds} == {}


def test_options_stand_where_we_put_them(answers: dict[str, Any]) -> None:
    without = {"Allow", "IsOptional"}
    assert [n for n, found in answers.items() if not found["each"] and n not in without] == []
