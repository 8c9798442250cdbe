"""Every fix on every page, through the TypeScript compiler: no fix may break syntax or types."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from nestwise.lint.registry import load_rules
from nestwise.testing import read_cases, run_case

HERE = Path(__file__).parent
NODE = HERE / "node"

pytestmark = pytest.mark.slow


def _fixed():
    """The files of each case before and after the fixes of a title."""
    for rule in load_rules().values():
        extra = HERE / "rules" / f"{rule.id}.md"
        for page in (rule.doc, extra.read_text("utf-8") if extra.exists() else ""):
            for case in read_cases(page):
                shown, fixed = run_case(rule, case, every=True)
                plain = {path: _without_marks(text) for path, text in shown.items()}
                for title in {title for _, title in fixed}:
                    after = {path: text for (path, of), text in fixed.items() if of == title}
                    name = f"{rule.id}:{case.title}:{case.line}:{' '.join(after)} {title}"
                    yield {"id": name, "before": plain, "after": {**plain, **after}}


def _without_marks(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("~"))


def test_fixes_keep_syntax_and_types():
    cases = list(_fixed())
    assert len(cases) > 100
    done = subprocess.run(
        ["node", NODE / "typecheck.mjs"], input=json.dumps(cases), capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    broken = {
        one["id"]: new
        for one in json.loads(done.stdout)
        if (new := list((Counter(one["after"]) - Counter(one["before"])).elements()))
    }
    assert not broken, json.dumps(broken, indent=2, ensure_ascii=False)
