"""Every example on every rule's page, and every extra case in tests/rules/<family>/<name>.md."""

from pathlib import Path

import pytest
from nestwise.lint.registry import load_rules
from nestwise.testing import read_cases, run_case

EXTRA = Path(__file__).parent / "rules"


def _all_cases():
    for rule in load_rules().values():
        extra = EXTRA / f"{rule.id}.md"
        for page in (rule.doc, extra.read_text("utf-8") if extra.exists() else ""):
            for case in read_cases(page):
                yield pytest.param(rule, case, id=f"{rule.id}:{case.title}:{case.line}")


@pytest.mark.parametrize(("rule", "case"), list(_all_cases()))
def test_case(rule, case):
    shown, fixed = run_case(rule, case)
    assert shown == case.files
    assert fixed == case.fixed
