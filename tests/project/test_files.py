# ruff: noqa: E501
"""Which files are read. What Git ignores is decided by asking Git."""

import os
import socket
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from nestwise.project.files import Role, accepts, is_generated, list_files, listing, role_of

QUIET = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "XDG_CONFIG_HOME": os.devnull,
}


def git(folder, *arguments):
    return subprocess.run(["git", *arguments], cwd=folder, env=QUIET, capture_output=True, check=True).stdout


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def listed(root, *arguments):
    return list(list_files(root, *arguments).paths)


FOLDERS = ["a", "b", "ab", "é", "a b", "lib", "x[1]"]
NAMES = [
    "a.ts",
    "b.ts",
    "ab.ts",
    "é.ts",
    "a.b.ts",
    "#x.ts",
    "!x.ts",
    "x ",
    "[a].ts",
    "a\\b.ts",
    "lib.tsx",
    "c.tsx",
]
TREE = [
    f"{'/'.join(folders)}{'/' if folders else ''}{name}"
    for folders in [[], *([f] for f in FOLDERS), ["a", "b"], ["a", "ab"], ["b", "a"], ["lib", "a", "b"]]
    for name in NAMES
]
PARTS = st.sampled_from(
    ["a", "b", "ab", "lib", "*", "**", "?", "/", "/", "/", "*.ts", ".ts", "a.ts", "[ab]", "[!a]", "[^b]", "[a-b]",
     "[[:alpha:]]", "[]a]", "[", "]", "\\", "\\*", "\\ ", " ", "é", "#", "!", "***", "x", "[1]", "-", "[b-a]", "[[:x:]]"]
)  # fmt: skip
PATTERN = st.tuples(
    st.sampled_from(["", "", "", "!", "/", "**/"]), st.lists(PARTS, min_size=1, max_size=5)
).map(lambda p: p[0] + "".join(p[1]))
IGNORE = st.lists(PATTERN, max_size=6).map("\n".join)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    root = tmp_path_factory.mktemp("tree")
    git(root, "init", "-q")
    write(root, dict.fromkeys(TREE, ""))
    return root


@example("foo**\nfoo**/bar", "", "")
@example("*/\n!a/", "", "")
@example("/*\n!/a\n", "", "")
@example("a/*\n!a/b", "!*.ts\n*", "")
@example("\ufeffa.ts\r\nb.ts\r", "", "")
@example("a.ts  \nb.ts\\ \n  \nx\\ ", "", "")
@example("**\n!**/\n!*.ts", "", "")
@example("lib/**/b\n**/ab/**\n/a**", "", "a.ts")
@example("\\#x.ts\n\\!x.ts\n#a.ts\n!", "", "")
@example("a\\\\b.ts\n[[]a].ts\nx\\[1\\]/", "", "*")
@example("*.ts", "!a.ts", "b.ts\n!b.ts")
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(IGNORE, IGNORE, IGNORE)
def test_what_git_ignores_is_not_read(tree, above, inside, excluded):
    (tree / ".gitignore").write_text(above, newline="")
    (tree / "a/.gitignore").write_text(inside, newline="")
    (tree / ".git/info/exclude").write_text(excluded, newline="")
    left = git(tree, "ls-files", "-o", "-z", "--exclude-standard").decode().split("\0")
    left = sorted(p for p in left if p.endswith((".ts", ".tsx")))
    assert listed(tree) == left
    assert [p for p in sorted(TREE) if accepts(tree, p)] == left


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(IGNORE, IGNORE)
def test_ignore_files_above_the_checked_folder_count(tree, above, inside):
    (tree / ".gitignore").write_text(above)
    (tree / "a/.gitignore").write_text(inside)
    (tree / ".git/info/exclude").write_text("")
    left = git(tree, "ls-files", "-o", "-z", "--exclude-standard", "a/b").decode().split("\0")
    left = sorted(p[4:] for p in left if p.endswith((".ts", ".tsx")))
    asked = subprocess.run(["git", "check-ignore", "-q", "a/b"], cwd=tree, env=QUIET).returncode == 0
    assert asked or listed(tree / "a/b") == left


def test_a_folder_that_is_ignored_itself_can_be_asked_for(tmp_path):
    git(tmp_path, "init", "-q")
    write(tmp_path, {".gitignore": "/out/**\n", "out/app/src/a.ts": "", "b.ts": ""})
    assert listed(tmp_path / "out/app") == ["src/a.ts"]
    assert listed(tmp_path) == ["b.ts"]


def test_a_linked_working_tree_uses_the_excludes_of_its_repository(tmp_path):
    main = tmp_path / "main"
    main.mkdir()
    git(main, "init", "-q")
    git(main, "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-q", "--allow-empty", "-m", "x")
    git(main, "worktree", "add", "-q", "../linked")
    (main / ".git/info/exclude").write_text("secret.ts\n")
    write(tmp_path / "linked", {"secret.ts": "", "a.ts": ""})
    assert listed(tmp_path / "linked") == ["a.ts"]


def test_a_repository_inside_has_its_own_rules(tmp_path):
    git(tmp_path, "init", "-q")
    write(
        tmp_path,
        {".gitignore": "a.ts\n", "a.ts": "", "sub/a.ts": "", "sub/b.ts": "", "sub/.gitignore": "b.ts"},
    )
    git(tmp_path / "sub", "init", "-q")
    assert listed(tmp_path) == ["sub/a.ts"]


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("src/a.ts", True),
        ("src/a.tsx", True),
        ("src/a.mts", True),
        ("src/a.cts", True),
        ("src/a.js", False),
        ("src/a.d.ts", False),
        ("src/a.d.mts", False),
        ("src/a.d.css.ts", True),
        ("node_modules/x/a.ts", False),
        ("src/node_modules/x/a.ts", False),
        ("dist/a.ts", False),
        ("apps/api/dist/a.ts", False),
        ("build/a.ts", False),
        ("src/build/a.ts", True),
        ("apps/api/src/modules/out/a.ts", True),
        ("mysrc/build/a.ts", False),
        ("coverage/a.ts", False),
        (".next/a.ts", False),
        (".hygen/a/b.ts", False),
        ("src/.#a.ts", False),
    ],
)
def test_dependencies_output_and_declarations_are_not_read(tmp_path, path, read):
    write(tmp_path, {path: ""})
    assert listed(tmp_path) == ([path] if read else [])
    assert accepts(tmp_path, path) == read


def test_exclude_is_relative_to_its_own_folder(tmp_path):
    write(tmp_path, {"apps/api/src/a.ts": "", "apps/api/gen/b.ts": ""})
    assert listed(tmp_path / "apps/api", ["/apps/api/gen"], str(tmp_path)) == ["src/a.ts"]
    assert listed(tmp_path / "apps/api", ["gen/"], str(tmp_path)) == ["src/a.ts"]
    assert listed(tmp_path / "apps/api", ["/gen"], str(tmp_path)) == ["gen/b.ts", "src/a.ts"]
    assert listed(tmp_path, ["/apps/*/gen", "!x"]) == ["apps/api/src/a.ts"]


def test_links_to_folders_are_not_followed(tmp_path):
    write(tmp_path, {"src/a.ts": ""})
    (tmp_path / "src/loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self").symlink_to("self")
    found = list_files(tmp_path)
    assert found.paths == ("src/a.ts",)
    assert found.problems == ()


def test_what_is_no_file_is_named(tmp_path, monkeypatch):
    write(tmp_path, {"a.ts": "", "folder.ts/b.ts": ""})
    (tmp_path / "gone.ts").symlink_to("nowhere")
    (tmp_path / "loop.ts").symlink_to("loop.ts")
    os.mkfifo(tmp_path / "pipe.ts")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.ts")
        found = list_files(tmp_path)
    assert found.paths == ("a.ts", "folder.ts/b.ts")
    assert sorted((p.path, p.message.split(" and ")[0]) for p in found.problems) == [
        ("gone.ts", "is a link that leads nowhere"),
        ("loop.ts", "is a link that leads nowhere"),
        ("pipe.ts", "is a pipe, a socket or a device"),
        ("socket.ts", "is a pipe, a socket or a device"),
    ]


def test_names_that_are_not_utf8(tmp_path):
    folder = os.fsencode(tmp_path)
    os.mkdir(folder + b"/\xff")
    for name in (b"/\xe9.ts", b"/\xff/a.ts", b"/ok.ts"):
        Path(os.fsdecode(folder + name)).touch()
    found = list_files(tmp_path)
    assert found.paths == ("ok.ts",)
    assert {p.path for p in found.problems} == {"\ufffd.ts", "\ufffd/a.ts"}


def test_a_tree_deeper_than_the_stack(tmp_path):
    handle = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=handle)
        inner = os.open("d", os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    os.close(handle)
    (tmp_path / "a.ts").touch()
    try:
        assert list_files(tmp_path).paths == ("a.ts",)
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)  # too deep for pytest's own cleaning


@pytest.mark.slow
def test_twenty_thousand_files_are_listed_quickly(tmp_path):
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text(
        "*.log\n/dist\nnode_modules/\n.env*\n**/generated/*.gen.ts\ntmp\n*.local.ts\n"
    )
    for folder in range(400):
        (tmp_path / f"src/m{folder}").mkdir(parents=True)
        for name in range(50):
            (tmp_path / f"src/m{folder}/f{name}.ts").touch()
    start = time.perf_counter()
    assert len(listed(tmp_path)) == 20_000
    assert time.perf_counter() - start < 1  # five times what it takes: this machine may be busy


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("src/cats/cats.controller.ts", Role.PRODUCTION),
        ("src/cats/cats.controller.spec.ts", Role.TEST),
        ("src/parse-slug-Id.pipe spec.ts", Role.TEST),
        ("e2e/a.e2e.ts", Role.TEST),
        ("src/a.e2e-ee.ts", Role.TEST),
        ("test/app.e2e-spec.ts", Role.TEST),
        ("src/__tests__/x.ts", Role.TEST),
        ("src/test.ts", Role.TEST),
        ("vitest-e2e.setup.ts", Role.TEST),
        ("apps/api/jest.setup.ts", Role.TEST),
        ("setup-jest.ts", Role.TEST),
        ("src/pdf/playwright.service.ts", Role.PRODUCTION),
        ("src/mock-server/mock-server.controller.ts", Role.PRODUCTION),
        ("src/factories/mail/mail.factory.ts", Role.PRODUCTION),
        ("src/usecases/send-test-email/send-test-email.usecase.ts", Role.PRODUCTION),
        ("src/contest/contest.service.ts", Role.PRODUCTION),
        ("src/latest.ts", Role.PRODUCTION),
        ("src/modules/tests/tests.controller.ts", Role.PRODUCTION),
        ("src/modules/tests/tests.controller.spec.ts", Role.TEST),
        ("src/tests/helpers.ts", Role.TEST),
        ("integration/crud-typeorm/users/users.controller.ts", Role.PRODUCTION),
        ("src/migrations/1700000000000-Add.ts", Role.MIGRATION),
        ("src/database/seeds/user.seed.ts", Role.SEED),
        ("src/seeder.ts", Role.SEED),
        ("src/main.ts", Role.BOOTSTRAP),
        ("apps/api/src/bootstrap.ts", Role.BOOTSTRAP),
        ("src/domain.ts", Role.PRODUCTION),
        ("src/main-menu/main-menu.service.ts", Role.PRODUCTION),
        ("src/setup/setup.controller.ts", Role.PRODUCTION),
        ("src/config/app.config.ts", Role.CONFIG),
        ("src/config/database.ts", Role.CONFIG),
        ("src/config/config.service.ts", Role.PRODUCTION),
        ("src/env.global.ts", Role.CONFIG),
        ("src/templates/entity.template.ts", Role.TEMPLATE),
        ("scripts/build.ts", Role.SCRIPT),
        ("src/bin/cli.ts", Role.SCRIPT),
    ],
)
def test_the_part_that_a_file_plays(path, role):
    assert role_of(path) is role


@pytest.mark.parametrize(
    ("text", "generated"),
    [
        ("/* !!! This is code generated by Prisma. Do not edit directly. !!! */\n", True),
        ("/* eslint-disable */\n// @generated\n", True),
        ("// Code generated by protoc-gen-ts_proto. DO NOT EDIT.\n", True),
        (
            "/*\n------------------------------------------------\n* This code was auto-generated by a tool. */",
            True,
        ),
        ("\ufeff/** THIS FILE WAS AUTOMATICALLY GENERATED (DO NOT MODIFY) */", True),
        ("import x from 'y'; // generated by", False),
        ("// The token is generated by the auth service.\nexport class A {}", False),
        ("export const a = '@generated';", False),
        ("", False),
    ],
)
def test_generated_files_say_so_in_their_head(text, generated):
    assert is_generated(text.encode()) is generated


def test_the_walk_rests_at_every_folder(tmp_path):
    """A server answers meanwhile."""
    for name in ("a/b/c", "d"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "x.ts").touch()
    assert sum(1 for _ in listing(tmp_path)) == 5
