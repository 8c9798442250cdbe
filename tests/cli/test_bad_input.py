# ruff: noqa: E501
"""Whatever a folder holds: a clear message that names the file, no traceback, and everything else is checked."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest
from nestwise.cli import main

GOOD = "import { Injectable } from '@nestjs/common';\n\n@Injectable()\nexport class A {\n  f() { console.log(1); }\n}\n"
SERVICE = "src/good.service.ts"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs `nestwise ARG…` in this process."""
    monkeypatch.setenv("NESTWISE_CACHE_DIR", str(tmp_path / "cache"))

    def call(*arguments):
        code = main([str(a) for a in arguments])
        printed = capsys.readouterr()
        return SimpleNamespace(returncode=code, stdout=printed.out, stderr=printed.err)

    return call


def outcome(done):
    """What a check printed, which is never a traceback."""
    assert "Traceback" not in done.stdout + done.stderr
    assert "bug in nestwise" not in done.stderr
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def checked(project, run):
    """Checks a project with one good file, which has a finding, and whatever else is given."""

    def check(files=None, *, before=lambda root: None, manifest=None):
        root = project({SERVICE: GOOD, **(files or {})}, *([manifest] if manifest else []))
        before(root)
        done = run("check", "--format", "json", root)
        found = outcome(done)
        assert [f["path"] for f in found["findings"] if f["path"] == SERVICE] == [SERVICE]
        assert done.returncode == 1
        return found

    return check


def errors(found):
    return {e["path"]: e["message"] for e in found["errors"]}


def refused(done):
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr


# --- what is asked for ---


def test_a_path_that_does_not_exist(run, tmp_path):
    said = refused(run("check", tmp_path / "gone"))
    assert str(tmp_path / "gone") in said
    assert "does not exist" in said


def test_a_folder_that_is_no_nest_project(run, tmp_path):
    (tmp_path / "package.json").write_text('{"dependencies": {"react": "19"}}')
    (tmp_path / "a.ts").write_text(GOOD)
    said = refused(run("check", tmp_path))
    assert str(tmp_path) in said
    assert "is not a NestJS project" in said


@pytest.mark.parametrize("command", ["check", "routes", "fix"])
def test_a_folder_without_anything(run, tmp_path, command):
    (tmp_path / "empty").mkdir()
    assert "is not a NestJS project" in refused(run(command, tmp_path / "empty"))


def test_what_is_not_checked_is_skipped_if_asked(project, run, tmp_path):
    """As a commit hook needs it, which passes whatever was changed."""
    root = project({SERVICE: GOOD, "notes.md": "# notes", "web/package.json": "{}", "web/a.ts": "f();"})
    others = [root / "notes.md", root / "web/a.ts"]
    assert "notes.md is not checked" in run("check", *others, root / SERVICE).stdout
    done = run("check", "--skip-others", *others, root / SERVICE)
    assert (done.returncode, "problem" in done.stdout) == (1, False)
    alone = outcome(run("check", "--skip-others", "--format", "json", root / "web/a.ts"))
    assert (alone["findings"], alone["errors"], alone["files"]) == ([], [], 0)
    assert run("fix", "--skip-others", root / "web/a.ts").returncode == 0
    assert "is not a NestJS project" in refused(run("fix", root / "web/a.ts"))
    assert "does not exist" in refused(run("check", "--skip-others", root / "gone.ts"))


def test_a_file_can_be_asked_for(project, run):
    root = project({SERVICE: GOOD, "src/other.service.ts": GOOD})
    found = outcome(run("check", "--format", "json", root / SERVICE))
    assert {f["path"] for f in found["findings"]} == {SERVICE}
    assert found["files"] == 1


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("README.md", "it is no TypeScript source"),
        ("src/gone.d.ts", "it is no TypeScript source"),
        ("dist/x.ts", "Git ignores it"),
        ("src/.hidden.ts", "Git ignores it"),
        ("web/src/a.ts", "its package does not use Nest"),
        ("src/generated.ts", "it is generated"),
    ],
)
def test_a_file_that_is_not_checked_is_said_to_be_so(project, run, name, why):
    content = "// @generated\nimport '@nestjs/common';\n" if "generated" in name else "export {}\n"
    root = project({SERVICE: GOOD, "web/package.json": '{"dependencies": {"react": "19"}}', name: content})
    done = run("check", "--format", "json", root / name, root / SERVICE)
    assert why in errors(outcome(done))[name]
    assert done.returncode == 1


def test_a_folder_without_sources_is_said_to_be_so(project, run):
    root = project({SERVICE: GOOD, "docs/a.md": ""})
    done = run("check", "--format", "json", root / "docs")
    assert errors(outcome(done)) == {
        "docs": "holds no file that is checked: no TypeScript of a package that uses Nest."
    }
    assert done.returncode == 0


def test_a_path_through_a_link(project, run, tmp_path):
    root = project({SERVICE: GOOD})
    (tmp_path / "link").symlink_to(root, target_is_directory=True)
    assert len(outcome(run("check", "--format", "json", tmp_path / "link"))["findings"]) == 1


# --- what lies in the folder ---


def test_no_file_at_all_to_be_read(checked):
    def before(root):
        (root / "src/gone.ts").symlink_to("nowhere")
        (root / "src/self.ts").symlink_to("self.ts")
        (root / "src/loop").symlink_to(root, target_is_directory=True)
        (root / "src/folder.ts").mkdir()
        os.mkfifo(root / "src/pipe.ts")
        here = os.getcwd()
        os.chdir(root / "src")
        try:
            with socket.socket(socket.AF_UNIX) as server:
                server.bind("socket.ts")
        finally:
            os.chdir(here)

    said = errors(checked(before=before))
    assert set(said) == {"src/gone.ts", "src/self.ts", "src/pipe.ts", "src/socket.ts"}
    assert said["src/gone.ts"] == "is a link that leads nowhere and was not read. Remove or exclude it."
    assert said["src/pipe.ts"].startswith("is a pipe, a socket or a device")


@pytest.mark.parametrize(
    "name", ["package.json", "tsconfig.json", ".gitignore", "nestwise.json", "nest-cli.json"]
)
def test_a_pipe_in_the_place_of_a_manifest_does_not_hang(project, nestwise, name):
    root = project({"api/package.json": '{"dependencies": {"@nestjs/core": "11"}}', "api/" + SERVICE: GOOD})
    place = root / "api/src" / name
    os.mkfifo(place)
    done = nestwise("check", "--format", "json", root / "api")
    assert "Traceback" not in done.stderr
    assert done.returncode in (1, 2)


@pytest.mark.parametrize(
    "name", ["package.json", "tsconfig.json", ".gitignore", "nest-cli.json", "pnpm-workspace.yaml"]
)
def test_a_folder_in_the_place_of_a_manifest(checked, name):
    checked(before=lambda root: (root / "src" / name).mkdir())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", None),
        (b"\n\n", None),
        (b"\xef\xbb\xbf" + GOOD.encode(), None),
        (GOOD.replace("\n", "\r\n").encode(), None),
        (b"\xff\xfe\xfd" * 10, None),
        (b"import { Injectable } from '@nestjs/common';\n@Injectable()\nexport class B { name = '\xff\xc3'; }\n", None),
        (b"export class B { @Get( f(", None),
        (b"@@@@ class { ((( `${ ", None),
        (b"(" * 20_000, None),
        (b"[" * 5_000 + b"]" * 5_000, None),
        (b"a." * 20_000 + b"a", None),
        (b"x = " + b"1 + " * 20_000 + b"1;", None),
        (b"`${" * 3_000, None),
        (b"/* never closed", None),
        ("﻿".join(["a"] * 10).encode(), None),
        (bytes(1000), "NUL bytes"),
        (os.urandom(50_000).replace(b"\0", b"\1") + bytes(2000), "NUL bytes"),
        (GOOD.encode("utf-16"), "UTF-16"),
        (GOOD.encode("utf-16-le"), "UTF-16"),
        (b"export const a = 'x';\n" * 250_000, "MB and was not read"),
    ],
    ids=lambda v: repr(v)[:24],
)  # fmt: skip
def test_contents_of_a_file(checked, content, said):
    found = checked(
        {
            "src/bad.ts": content,
            "src/uses.ts": "import { B } from './bad';\nimport '@nestjs/common';\nexport const b = B;\n",
        }
    )
    if said is None:
        assert found["errors"] == []
    else:
        assert said in errors(found)["src/bad.ts"]


def test_a_file_that_vanishes_while_it_is_read(checked):
    """A link is a file that can be listed; where it leads goes away meanwhile."""
    files = {f"src/f{n}.ts": GOOD for n in range(300)}
    stop = threading.Event()

    def before(root):
        def churn():
            while not stop.is_set():
                for n in range(0, 300, 3):
                    (root / f"src/f{n}.ts").unlink(missing_ok=True)
                for n in range(0, 300, 3):
                    (root / f"src/f{n}.ts").write_text(GOOD)

        threading.Thread(target=churn, daemon=True).start()

    try:
        checked(files, before=before)
    finally:
        stop.set()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("tsconfig.json", '{"compilerOptions": {', "is not valid JSON"),
        ("tsconfig.json", '{"extends": "./gone.json"}', None),
        ("tsconfig.json", '{"extends": ["./tsconfig.json"], "compilerOptions": {"paths": 5, "baseUrl": []}}', None),
        ("tsconfig.json", "[]", "does not hold an object"),
        ("packages/x/package.json", "{", "is not valid JSON"),
        ("packages/x/package.json", '{"name": 5, "dependencies": [], "exports": {"a": {}}, "main": {}}', None),
        ("pnpm-workspace.yaml", "packages: {", "is not understood"),
        ("nest-cli.json", "nonsense", "is not valid JSON"),
        ("nest-cli.json", '{"projects": [1]}', None),
        ("project.json", "{]", "is not valid JSON"),
        ("lerna.json", "{]", "is not valid JSON"),
        (".gitignore", "[\n\\\n!\n**/**/[\n\xff\n", None),
    ],
)  # fmt: skip
def test_broken_manifests(checked, name, content, said):
    found = checked({name: content})
    if said is None:
        assert found["errors"] == []
    else:
        assert said in errors(found)[name]
        assert "Mend it" in errors(found)[name]


def test_a_broken_manifest_of_the_project_itself_is_the_reason(project, run):
    root = project({SERVICE: GOOD}, '{"dependencies": {"@nestjs/core": "11",}')
    done = run("check", root)
    assert done.returncode == 2
    assert "package.json" in done.stderr
    assert "is not valid JSON" in done.stderr


def test_broken_settings_are_said_with_their_place(project, run):
    root = project({SERVICE: GOOD, "nestwise.json": '{\n  "presett": "strict"\n}'})
    said = refused(run("check", root))
    assert f"{root / 'nestwise.json'}:2:3: `presett` is not a setting; did you mean `preset`?" in said


def test_text_reports_name_what_was_not_read(project, run):
    root = project({SERVICE: GOOD, "src/bad.ts": bytes(100)})
    done = run("check", root)
    assert "src/bad.ts" in done.stdout + done.stderr
    assert "NUL bytes" in done.stdout + done.stderr


def test_names_that_are_not_utf8(project, run):
    root = project({SERVICE: GOOD})
    with open(os.fsencode(root) + b"/src/\xe9.ts", "w") as file:
        file.write(GOOD)
    for format in ("json", "text", "sarif", "github", "gitlab", "junit"):
        done = run("check", "--format", format, root)
        assert done.returncode == 1, done.stderr
        assert "Traceback" not in done.stderr
        assert "not UTF-8" in done.stdout + done.stderr or format in ("github", "gitlab", "junit")


# --- where it goes ---


@pytest.mark.parametrize("format", ["text", "json", "sarif", "github", "gitlab", "junit"])
def test_a_locale_without_a_language(project, nestwise, format):
    root = project({"src/é😀.service.ts": GOOD})
    done = nestwise("check", "--format", format, root, LC_ALL="C", LANG="C")
    assert done.returncode == 1, done.stderr
    assert "é😀" in done.stdout
    assert done.stderr == ""


def test_an_encoding_that_knows_few_characters(project, nestwise):
    root = project({"src/é😀.service.ts": GOOD})
    for command in (
        ["check"],
        ["check", "--format", "json"],
        ["rules"],
        ["explain", "logging/no-console"],
        ["routes"],
    ):
        done = nestwise(
            *command, *([root] if command[0] in ("check", "routes") else []), PYTHONIOENCODING="ascii"
        )
        assert done.returncode in (0, 1), done.stderr
        assert "Traceback" not in done.stderr


def test_a_closed_pipe(project, tmp_path):
    root = project({f"src/f{n}.service.ts": GOOD for n in range(400)})
    command = f"{sys.executable} -m nestwise check {root} | head -c 100"
    env = {**os.environ, "NESTWISE_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run(command, shell=True, env=env, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert len(done.stdout) == 100


def test_a_full_disk_behind_stdout(project, tmp_path):
    root = project({SERVICE: GOOD})
    env = {**os.environ, "NESTWISE_CACHE_DIR": str(tmp_path / "cache")}
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "nestwise", "check", str(root)]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=env, text=True, timeout=60)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "No space left" in done.stderr


def test_an_interrupt(project, tmp_path):
    root = project({f"src/f{n}.service.ts": GOOD * 50 for n in range(1200)})
    shared = tmp_path / "shared"
    shared.mkdir()
    env = {**os.environ, "NESTWISE_CACHE_DIR": str(tmp_path / "cache"), "TMPDIR": str(shared)}
    command = [sys.executable, "-m", "nestwise", "check", str(root)]
    for wait in (0.05, 0.2, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.8):
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, text=True
        )
        time.sleep(wait)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        if wait > 0.3:  # before that it is Python that starts
            assert "Traceback" not in said
            assert process.returncode in (0, 1, 130)
            assert not list(shared.iterdir())
