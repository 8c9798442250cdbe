"""Settings files through the command line: what is read, and what is said about mistakes and where."""

# ruff: noqa: E501
import json
from types import SimpleNamespace

import pytest
from nestwise.cli import main

MANIFEST = '{"dependencies": {"@nestjs/core": "11"}}'
SOURCE = "import { Injectable } from '@nestjs/common';\n\n@Injectable()\nexport class A {\n  f() { console.log(1); }\n}\n"


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "src").mkdir()
    (tmp_path / "package.json").write_text(MANIFEST)
    (tmp_path / "src/a.service.ts").write_text(SOURCE)
    (tmp_path / ".git").mkdir()

    def run(settings=None, *, where=".", file="nestwise.json"):
        if settings is not None:
            data = settings if isinstance(settings, bytes) else settings.encode()
            (tmp_path / file).write_bytes(data)
        code = main(["check", "--no-cache", "--format", "json", where])
        printed = capsys.readouterr()
        return SimpleNamespace(returncode=code, stdout=printed.out, stderr=printed.err)

    return run


def levels(done):
    assert done.returncode in (0, 1), done.stderr
    return [f["level"] for f in json.loads(done.stdout)["findings"]]


def mistakes(done):
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.strip().removeprefix("nestwise: ").splitlines()
    return [line.rpartition("nestwise.json:")[2].rpartition("package.json:")[2] for line in lines]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (None, ["warning"]),
        ('{"rules": {"logging/no-console": "error"}}', ["error"]),
        ('{"rules": {"logging/no-console": ["information", {}]}}', ["information"]),
        ('{"rules": {"logging/no-console": "off"}}', []),
        ('{\n  // why\n  "rules": {"logging/no-console": "error", /* é 😀 */},\n}', ["error"]),
        (b"\xef\xbb\xbf{}", ["warning"]),
        ('{"$schema": "x", "preset": "strict"}', ["warning"]),
    ],
)
def test_settings_are_applied(check, settings, expected):
    assert levels(check(settings)) == expected


def test_package_json_holds_settings_too(check):
    manifest = MANIFEST[:-1] + ', "nestwise": {"rules": {"logging/no-console": "error"}}}'
    assert levels(check(manifest, file="package.json")) == ["error"]


def test_nestwise_json_wins_over_package_json(check):
    check(MANIFEST[:-1] + ', "nestwise": {"rules": {"logging/no-console": "error"}}}', file="package.json")
    assert levels(check('{"rules": {"logging/no-console": "hint"}}')) == ["hint"]


def test_settings_of_a_parent_folder_count_up_to_the_repository(check, tmp_path):
    (tmp_path / "api/src").mkdir(parents=True)
    (tmp_path / "package.json").rename(tmp_path / "api/package.json")
    (tmp_path / "src/a.service.ts").rename(tmp_path / "api/src/a.service.ts")
    assert levels(check('{"rules": {"logging/no-console": "error"}}', where="api")) == ["error"]
    (tmp_path / "api/.git").mkdir()
    assert levels(check(where="api")) == ["warning"]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ('{"presett": "strict"}', ["1:2: `presett` is not a setting; did you mean `preset`?"]),
        ('{\n "preset": "strickt"}', ["2:12: `preset` must be 'recommended' or 'strict', not \"strickt\"; did you mean `strict`?"]),
        ('{"rules": {"logging/no-consol": "off"}}', ["1:12: there is no rule `logging/no-consol`; did you mean `logging/no-console`?"]),
        ('{"rules": {"a": "off"}}', ["1:12: there is no rule `a`."]),
        ('{"exclude": "dist"}', ['1:13: `exclude` must be a list, not "dist".']),
        ('{"exclude": [1]}', ["1:14: `exclude.0` must be text in quotes, not 1."]),
        ('{"rules": []}', ["1:11: `rules` must be an object, not []."]),
        ('{"rules": {"logging/no-console": ["error", {"max": 1}]}}', ["1:45: `max` is not an option of `logging/no-console`."]),
        ("[]", ["1:1: settings must be an object, not []."]),
        ('"x"', ['1:1: settings must be an object, not "x".']),
        ('{"exclude": [], "exclude": []}', ["1:17: `exclude` is here twice; only the last one counts. Remove one."]),
        ('{"é😀": 1}', ["1:2: `é😀` is not a setting."]),
        ('{/* é😀 */ "x": 1}', ["1:12: `x` is not a setting."]),
        ("{\n  \"rules\": {\n", ["3:1: is not valid JSON: Expecting property name enclosed in double quotes. Mend it."]),
        ("", ["1:1: is not valid JSON: Expecting value. Mend it."]),
        ('{"exclude": NaN}', ["1:13: is not valid JSON: NaN is not JSON. Mend it."]),
        ("[" * 100_000, ["1:1: is not valid JSON: nested too deeply. Mend it."]),
        ("{}".encode("utf-16"), ["1:1: is not UTF-8 but UTF-16. Save it as UTF-8."]),
        (b'{"exclude": ["\xff"]}', ["1:1: is not UTF-8 (byte 14). Save it as UTF-8."]),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_place_and_remedy(check, settings, expected):
    assert mistakes(check(settings)) == expected


@pytest.mark.parametrize(
    "given", ["warn", 2, None, ["loud"], [], ["error", {}, 1], ["error", 1], {"level": "error"}]
)
def test_a_rule_takes_a_level_or_a_level_with_options(check, given):
    (said,) = mistakes(check(json.dumps({"rules": {"logging/no-console": given}})))
    assert said.startswith(
        "1:34: `logging/no-console` must be a level (error, warning, information, hint, off)"
    )
    assert said.endswith("; did you mean `warning`?") == (given == "warn")


def test_all_mistakes_are_said_at_once(check):
    done = check('{\n"presett": 1,\n"rules": {"x": "off",\n"logging/no-console": "loud"}}')
    assert [m.partition(": ")[0] for m in mistakes(done)] == ["2:1", "3:11", "4:23"]


def test_a_place_inside_package_json(check):
    done = check(MANIFEST[:-1] + ',\n"nestwise": {"presett": 1}}', file="package.json")
    assert mistakes(done) == ["2:14: `presett` is not a setting; did you mean `preset`?"]


def test_a_folder_of_that_name_is_an_error_and_not_a_crash(check, tmp_path):
    (tmp_path / "nestwise.json").mkdir()
    assert mistakes(check()) == ["1:1: cannot be read. Make it a file that you may read, or remove it."]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [("src/", 0), ("*.service.ts", 0), ("/src/**", 0), ("a.service.ts", 0), ("service.ts", 1)],
)
def test_exclude_takes_patterns_as_gitignore_does(check, pattern, left):
    assert len(levels(check(json.dumps({"exclude": [pattern]})))) == left
