"""The contracts of the command line: exit codes, JSON, what is written and what is not."""

from __future__ import annotations

import json

import pytest

NOISY = """\
import { Injectable } from '@nestjs/common';

@Injectable()
export class CatsService {
  /* é😀 */ all() { console.log('all'); }
}
"""
QUIET = NOISY.replace("console.log('all');", "return [];")
FIXED = """\
import { Injectable, Logger } from '@nestjs/common';

@Injectable()
export class CatsService {
  private readonly logger = new Logger(CatsService.name);

  /* é😀 */ all() { this.logger.log('all'); }
}
"""


def test_nothing_found_is_exit_code_0(project, nestwise):
    done = nestwise("check", project({"src/cats.service.ts": QUIET}))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("No findings in 1 file")


def test_a_finding_is_shown_with_its_line_and_exit_code_1(project, nestwise):
    done = nestwise("check", project({"src/cats.service.ts": NOISY}))
    assert (done.returncode, done.stderr) == (1, "")
    assert "src/cats.service.ts:5:21: warning" in done.stdout
    assert "[logging/no-console]" in done.stdout
    assert "fix: Use `this.logger.log`" in done.stdout
    assert "\x1b[" not in done.stdout


def test_colour_is_for_terminals_or_on_demand(project, nestwise):
    root = project({"src/cats.service.ts": NOISY})
    assert "\x1b[" in nestwise("check", "--color", "always", root).stdout
    assert "\x1b[" in nestwise("check", root, FORCE_COLOR="1").stdout
    assert "\x1b[" not in nestwise("check", root, FORCE_COLOR="1", NO_COLOR="1").stdout


def test_json_is_the_contract(project, nestwise):
    root = project({"src/cats.service.ts": NOISY})
    done = nestwise("check", "--format", "json", root)
    report = json.loads(done.stdout)
    assert set(report) == {"version", "root", "files", "elapsedMs", "findings", "errors"}
    assert (report["root"], report["files"], report["errors"]) == (root.as_posix(), 1, [])
    [finding] = report["findings"]
    message = finding.pop("message")
    assert message.startswith("`console.log` bypasses")
    assert finding == {
        "rule": "logging/no-console",
        "level": "warning",
        "path": "src/cats.service.ts",
        # The comment before it has an é, one unit, and a 😀, two units of UTF-16.
        "range": {"start": {"line": 5, "column": 21}, "end": {"line": 5, "column": 32}},
        "fixes": [{"title": "Use `this.logger.log`", "safety": "safe"}],
        "related": [],
    }


@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 1), ("information", 1), ("never", 0)])
def test_fail_on_says_from_which_level_on(project, nestwise, level, code):
    root = project({"src/cats.service.ts": NOISY})
    assert nestwise("check", "--fail-on", level, root).returncode == code


def test_only_the_given_files_are_reported(project, nestwise):
    root = project({"src/cats.service.ts": NOISY, "src/dogs/dogs.service.ts": NOISY})
    done = nestwise("check", "--format", "json", root / "src/dogs")
    assert [f["path"] for f in json.loads(done.stdout)["findings"]] == ["src/dogs/dogs.service.ts"]
    done = nestwise("check", "--format", "json", "src/cats.service.ts", cwd=root)
    assert [f["path"] for f in json.loads(done.stdout)["findings"]] == ["src/cats.service.ts"]


def test_only_runs_the_named_rules(project, nestwise):
    root = project({"src/cats.service.ts": NOISY})
    assert nestwise("check", "--only", "logging/sensitive-data", "--", root).returncode == 0
    assert nestwise("check", "--only", "logging/no-console", root).returncode == 1
    assert nestwise("check", root, "--only", "logging/no-console", "guards/unguarded-route").returncode == 1
    done = nestwise("check", "--only", "logging/no-consle", "--", root)
    assert done.returncode == 2
    assert "did you mean `logging/no-console`?" in done.stderr


def test_settings_turn_rules_off_and_change_levels(project, nestwise):
    files = {"src/cats.service.ts": NOISY}
    off = project({**files, "nestwise.json": '{ "rules": { "logging/no-console": "off", } } // quiet'})
    assert nestwise("check", off).returncode == 0
    hint = project({**files, "nestwise.json": '{ "rules": { "logging/no-console": "error" } }'})
    assert nestwise("check", "--fail-on", "error", hint).returncode == 1


def test_fix_shows_and_then_writes_and_then_has_nothing_to_do(project, nestwise):
    root = project({"src/cats.service.ts": NOISY, "src/dogs.service.ts": QUIET})
    shown = nestwise("fix", "--diff", root)
    assert shown.returncode == 0
    assert "--- a/src/cats.service.ts\n+++ b/src/cats.service.ts\n" in shown.stdout
    assert "+  private readonly logger = new Logger(CatsService.name);" in shown.stdout
    assert (root / "src/cats.service.ts").read_text("utf-8") == NOISY
    done = nestwise("fix", root)
    assert (done.returncode, done.stdout) == (0, "fixed src/cats.service.ts\n1 file changed\n")
    assert (root / "src/cats.service.ts").read_text("utf-8") == FIXED
    assert (root / "src/dogs.service.ts").read_text("utf-8") == QUIET
    assert nestwise("fix", root).stdout == "0 files changed\n"
    assert nestwise("check", root).returncode == 0


def test_fix_leaves_what_wants_a_review_unless_told(project, nestwise):
    root = project({"src/cats.service.ts": NOISY.replace("'all'", "'all %s', 'cats'")})
    assert nestwise("fix", root).stdout == "0 files changed\n"
    assert nestwise("fix", "--unsafe", root).stdout == "fixed src/cats.service.ts\n1 file changed\n"


def test_init_writes_settings_once(project, nestwise):
    root = project({"src/cats.service.ts": NOISY})
    assert nestwise("init", root).returncode == 0
    assert nestwise("check", root).returncode == 1
    again = nestwise("init", root)
    assert again.returncode == 2
    assert "is there already; nothing was changed" in again.stderr


def test_rules_and_explain_show_what_is_installed(nestwise):
    listed = nestwise("rules").stdout
    assert "logging/no-console" in listed
    page = nestwise("explain", "logging/no-console").stdout
    assert page.startswith("warning · recommended · since 0.1.0 · fixable\n\n# logging/no-console\n")
    assert nestwise("explain", "logging/console").returncode == 2


def test_wrong_use_is_exit_code_2_with_the_remedy(nestwise, tmp_path):
    assert nestwise().returncode == 2
    done = nestwise("check", tmp_path / "nowhere")
    assert done.returncode == 2
    assert "does not exist" in done.stderr
    assert "Traceback" not in done.stderr


def test_version(nestwise):
    assert nestwise("--version").stdout.startswith("nestwise 0.")


def test_settings_below_the_root_are_named(project, nestwise):
    root = project({"src/cats.service.ts": QUIET, "libs/nestwise.json": "{}"})
    done = nestwise("check", root)
    assert done.returncode == 0
    assert "libs/nestwise.json is not used: a workspace has the settings of its root" in done.stdout
