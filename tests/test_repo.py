"""What must hold for the repository as a whole, so that reviewers need not check it."""

import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import lint_imports
from nestwise import dev
from nestwise.lint.registry import broken_rules, load_rules
from nestwise.settings import adapter
from nestwise.testing import read_cases

ROOT = Path(__file__).parents[1]
RULES = load_rules().values()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
class TestEveryRule:
    def test_is_named_like_its_module(self, rule):
        assert rule.check.__module__.rpartition(".")[2] == rule.id.partition("/")[2].replace("-", "_")

    def test_page_starts_with_its_name_and_one_sentence(self, rule):
        assert rule.doc.startswith(f"# {rule.id}\n\n")
        assert rule.summary.endswith(".")
        assert len(rule.summary) < 120

    def test_page_has_the_sections_in_order(self, rule):
        sections = [line for line in rule.doc.splitlines() if line.startswith("## ")]
        assert sections[:3] == ["## Why", "## Bad", "## Good"]

    def test_page_shows_a_fix_exactly_when_there_is_one(self, rule):
        assert any(case.fixed for case in read_cases(rule.doc)) == bool(rule.fixes)

    def test_every_option_is_documented(self, rule):
        options = adapter(rule.needs.options).json_schema().get("properties", {})
        assert all(option["description"] for option in options.values())
        assert bool(options) == ("## Options" in rule.doc)

    def test_a_finding_stands_behind_non_ascii_text_somewhere(self, rule):
        assert "😀" in rule.doc


def test_generated_files_are_current():
    assert dev.docs(check=True) == 0, "run: .venv/bin/python -m nestwise.dev docs"


def test_layers():
    assert lint_imports(no_cache=True) == 0


@pytest.mark.parametrize(
    "command", [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]], ids=lambda c: "-".join(c)
)
def test_code_is_clean(command):
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_rules_can_be_loaded():
    assert broken_rules() == {}
