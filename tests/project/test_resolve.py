# ruff: noqa: E501
"""Where imports lead. The TypeScript compiler is asked what is right."""

import json
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nestwise.project.files import list_files
from nestwise.project.layout import read_layout
from nestwise.project.manifests import pnpm_packages
from nestwise.project.resolve import Resolver

HERE = Path(__file__).parent


def write(root, files):
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))


def resolver_of(root):
    found = list_files(root)
    return Resolver(read_layout(root, found.manifests), frozenset(found.paths))


@pytest.fixture
def resolve(tmp_path):
    """`resolve({files}, importer, specifier)`: a path, `package:name`, or None for unknown."""

    def ask(files, importer, specifier):
        write(tmp_path, {importer: "", **files})
        found = resolver_of(tmp_path).resolve(importer, specifier)
        return found.path or (f"package:{found.package}" if found.package else None)

    return ask


# --- the compiler as the oracle ---


@pytest.fixture(scope="module")
def compiler():
    process = subprocess.Popen(
        ["node", HERE / "resolve.cjs"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )

    def ask(root, queries, links):
        request = {"root": str(root.resolve()), "queries": queries, "links": links}
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    yield ask
    process.stdin.close()
    process.wait()


FILES = [
    "src/a.ts", "src/a.tsx", "src/a.mts", "src/a.cts", "src/a/index.ts", "src/a/index.tsx", "src/a.js.ts",
    "src/b.service.ts", "src/b/index.ts", "src/b/c.ts", "src/index.ts", "src.ts", "a.ts", "index.ts", "lib/a.ts",
    "lib/a/index.ts", "lib/b.service.ts", "lib/index.ts", "app/src/main.ts", "app/src/a.ts", "app/lib/a.ts",
    "app/src/deep/x.ts", "pack/src/index.ts", "pack/src/a.ts", "pack/index.ts", "pack/a.ts", "pack/a/index.ts",
]  # fmt: skip
SPECIFIERS = [
    "./a", "./a.ts", "./a.tsx", "./a.js", "./a.jsx", "./a.mjs", "./a.cjs", "./a.mts", "./a/", "./a/index", "./a/index.js",
    ".", "..", "./", "../", "../a", "../../lib/a", "./b", "./b.service", "./b.service.js", "./b/c", "./nothing", "src/a", "a",
    "lib/a", "lib", "@lib", "@lib/a", "@lib/b.service", "@lib/a.js", "@app/a", "@x", "~/a", "~", "#a", "#b/a", "#b/a.js",
    "pack", "pack/a", "pack/src/a", "pack/nothing", "../../pack", "../pack", "./a.json", "@lib/a/", "me", "me/a",
]  # fmt: skip
IMPORTERS = ["src/x.ts", "src/b/x.ts", "app/src/x.ts", "app/src/deep/y.ts", "pack/src/x.ts", "x.ts"]
TARGETS = [
    "src/*",
    "./src/*",
    "lib/*",
    "./lib/a",
    "lib/a.ts",
    "lib/index.ts",
    "./lib",
    "nothing/*",
    "app/*",
    "../lib/*",
    "*",
    "./pack/src/*.ts",
]
KEYS = [
    "@lib",
    "@lib/*",
    "@app/*",
    "~/*",
    "~",
    "*",
    "@x",
    "@lib/a",
    "@*/a",
    "src/*",
    "a",
    "pack",
    "@lib/a.js",
]
PATHS = st.dictionaries(
    st.sampled_from(KEYS), st.lists(st.sampled_from(TARGETS), min_size=1, max_size=3), max_size=4
)
OPTIONS = st.fixed_dictionaries(
    {"moduleResolution": st.sampled_from(["node10", "bundler", "node16"])},
    optional={"baseUrl": st.sampled_from([".", "./src", "..", "lib"]), "paths": PATHS},
)
PLACES = st.sampled_from(
    ["./src/index.ts", "./src/a.ts", "./a", "./index.js", "./src", "./a.ts", "./src/a.js"]
)
SUBPATHS = st.sampled_from([".", "./a", "./*", "./src/*"])
STARRED = st.sampled_from(["./src/*.ts", "./src/*.js", "./*.ts", "./src/index.ts", "./a.ts"])
TARGET = st.one_of(STARRED, st.fixed_dictionaries({"types": STARRED, "default": STARRED}), st.none())
MANIFEST = st.fixed_dictionaries(
    {"name": st.just("pack")},
    optional={
        "main": PLACES,
        "types": PLACES,
        "exports": st.one_of(STARRED, st.dictionaries(SUBPATHS, TARGET, min_size=1, max_size=3)),
    },
)  # fmt: skip
ROOT = st.fixed_dictionaries(
    {"name": st.just("me"), "workspaces": st.just(["pack", "app"])},
    optional={
        "imports": st.dictionaries(st.sampled_from(["#a", "#b/*"]), st.sampled_from(["./src/a.ts", "./src/*.ts", "./lib/a.js", "./src/*"]), min_size=1),
        "exports": st.just({".": "./src/index.ts", "./a": "./lib/a.js"}),
    },
)  # fmt: skip
EXTENDS = st.sampled_from(
    [None, "../tsconfig.json", "../tsconfig", ["../tsconfig.json"], ["../nothing.json", "../tsconfig.json"]]
)


def is_source(path):
    return path is not None and path.endswith((".ts", ".tsx", ".mts", ".cts")) and not path.endswith(".d.ts")


@pytest.mark.slow
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sets(st.sampled_from(FILES), min_size=4), OPTIONS, st.none() | OPTIONS, EXTENDS, MANIFEST, ROOT)
def test_imports_lead_where_the_compiler_says(
    compiler, files, options, inner, extends, manifest, root_manifest
):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        write(root, dict.fromkeys([*files, *IMPORTERS], ""))
        write(root, {"tsconfig.json": {"compilerOptions": options}, "package.json": root_manifest})
        write(root, {"pack/package.json": manifest})
        if inner is not None:
            config = {"compilerOptions": inner} | ({"extends": extends} if extends else {})
            write(root, {"app/tsconfig.json": config})
        queries = [[importer, specifier] for importer in IMPORTERS for specifier in SPECIFIERS]
        said = compiler(root, queries, {"pack": "pack"})
        resolver = resolver_of(root)
        by_exports = "exports" in manifest and "node10" in str([options, inner])
        for (importer, specifier), right in zip(queries, said, strict=True):
            found = resolver.resolve(importer, specifier).path
            if by_exports and specifier.startswith("pack"):
                continue  # the old way does not know `exports`, which count at run time all the same
            if is_source(right):
                assert found == right, (importer, specifier, right)
            elif found is not None:
                # Older ways to resolve are understood whatever `moduleResolution` says, and build output is its source.
                assert (
                    specifier.startswith(("pack", "#", "me", "../../pack", "../pack"))
                    or options.get("moduleResolution") == "node16"
                    or (inner or {}).get("moduleResolution") == "node16"
                ), (importer, specifier, found)


# --- what the manifests say ---

NEST = {"dependencies": {"@nestjs/core": "11"}}


@pytest.mark.parametrize(
    ("files", "importer", "specifier", "expected"),
    [
        # tsconfig: comments, trailing commas, BOM, baseUrl
        ({"tsconfig.json": '{ // why\n "compilerOptions": {"baseUrl": "./", /* x */ }, }', "src/b.ts": ""}, "src/a.ts", "src/b", "src/b.ts"),
        ({"tsconfig.json": '\ufeff{"compilerOptions": {"baseUrl": "src"}}', "src/b/index.ts": ""}, "src/a.ts", "b", "src/b/index.ts"),
        # paths without baseUrl are relative to the file that has them
        ({"config/base.json": {"compilerOptions": {"paths": {"@/*": ["../src/*"]}}}, "tsconfig.json": {"extends": "./config/base"}, "src/b.ts": ""}, "src/a.ts", "@/b", "src/b.ts"),
        # … and to an inherited baseUrl
        ({"config/base.json": {"compilerOptions": {"baseUrl": "../src", "paths": {"@/*": ["./*"]}}}, "tsconfig.json": {"extends": ["./config/base.json"]}, "src/b.ts": ""}, "src/a.ts", "@/b", "src/b.ts"),
        # … and a child's baseUrl moves inherited paths
        ({"config/base.json": {"compilerOptions": {"paths": {"@/*": ["./lib/*"]}}}, "tsconfig.json": {"extends": "./config/base.json", "compilerOptions": {"baseUrl": "."}}, "lib/b.ts": ""}, "src/a.ts", "@/b", "lib/b.ts"),
        ({"tsconfig.base.json": {"compilerOptions": {"paths": {"@/*": ["${configDir}/src/*"]}}}, "api/tsconfig.json": {"extends": "../tsconfig.base.json"}, "api/src/b.ts": ""}, "api/src/a.ts", "@/b", "api/src/b.ts"),
        # a later `extends` wins
        ({"a.json": {"compilerOptions": {"paths": {"x": ["a.ts"]}}}, "b.json": {"compilerOptions": {"paths": {"x": ["b.ts"]}}}, "tsconfig.json": {"extends": ["./a", "./b"]}, "a.ts": "", "b.ts": ""}, "c.ts", "x", "b.ts"),
        # circles
        ({"tsconfig.json": {"extends": "./tsconfig.json", "compilerOptions": {"baseUrl": "."}}, "b.ts": ""}, "a.ts", "b", "b.ts"),
        # extends of a package of the workspace, by its name
        ({"package.json": {"workspaces": ["packages/*", "apps/*"]}, "packages/config/package.json": {"name": "@org/config"}, "packages/config/nest.json": {"compilerOptions": {"paths": {"~/*": ["${configDir}/src/*"]}}}, "apps/api/package.json": NEST, "apps/api/tsconfig.json": {"extends": "@org/config/nest.json"}, "apps/api/src/b.ts": ""}, "apps/api/src/a.ts", "~/b", "apps/api/src/b.ts"),
        ({"node_modules/@tsconfig/x/tsconfig.json": {"compilerOptions": {"baseUrl": "${configDir}/src"}}, "tsconfig.json": {"extends": "@tsconfig/x"}, "src/b.ts": ""}, "src/a.ts", "b", "src/b.ts"),
        # a solution: the configuration that covers the source
        ({"tsconfig.json": {"files": [], "references": [{"path": "./tsconfig.app.json"}, {"path": "./tsconfig.spec.json"}]}, "tsconfig.app.json": {"include": ["src"], "compilerOptions": {"paths": {"@/*": ["./src/*"]}}}, "tsconfig.spec.json": {"include": ["test"], "compilerOptions": {"paths": {"@/*": ["./test/*"]}}}, "src/b.ts": "", "test/b.ts": ""}, "src/a.ts", "@/b", "src/b.ts"),
        ({"tsconfig.json": {"files": [], "references": [{"path": "./tsconfig.app.json"}, {"path": "./tsconfig.spec.json"}]}, "tsconfig.app.json": {"include": ["src"], "compilerOptions": {"paths": {"@/*": ["./src/*"]}}}, "tsconfig.spec.json": {"include": ["test"], "compilerOptions": {"paths": {"@/*": ["./test/*"]}}}, "src/b.ts": "", "test/b.ts": ""}, "test/a.ts", "@/b", "test/b.ts"),
        # only tsconfig.app.json beside the sources, as in a Nest monorepo
        ({"tsconfig.json": {"compilerOptions": {"paths": {"@lib": ["./libs/lib/src"]}}}, "apps/api/tsconfig.app.json": {"extends": "../../tsconfig.json", "include": ["src/**/*"]}, "libs/lib/src/index.ts": ""}, "apps/api/src/main.ts", "@lib", "libs/lib/src/index.ts"),
        # only tsconfig.base.json at the root, as in Nx
        ({"tsconfig.base.json": {"compilerOptions": {"paths": {"@lib": ["libs/lib/src/index.ts"]}}}, "libs/lib/src/index.ts": ""}, "tools/a.ts", "@lib", "libs/lib/src/index.ts"),
        # tests outside of `include` use the same paths
        ({"tsconfig.json": {"include": ["src"], "compilerOptions": {"paths": {"@/*": ["./src/*"]}}}, "src/b.ts": ""}, "test/a.ts", "@/b", "src/b.ts"),
        # a path whose file is missing is unknown and no package
        ({"tsconfig.json": {"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}}, "src/a.ts", "@/gone", None),
        ({"tsconfig.json": {"compilerOptions": {"baseUrl": "."}}}, "src/a.ts", "src/gone", None),
        ({"tsconfig.json": {"compilerOptions": {"paths": {"*": ["./types/*"]}}}, "package.json": NEST}, "src/a.ts", "@nestjs/core", "package:@nestjs/core"),
        ({"tsconfig.json": {"compilerOptions": {"paths": {"x": ["./dist/x.d.ts"]}}}, "src/x.ts": "", "package.json": NEST}, "src/a.ts", "x", "src/x.ts"),
        # packages
        ({}, "src/a.ts", "@nestjs/common/decorators", "package:@nestjs/common"),
        ({}, "src/a.ts", "node:fs/promises", "package:node:fs"),
        ({}, "src/a.ts", "./gone", None),
        ({}, "src/a.ts", "../../outside", None),
        ({}, "src/a.ts", "", None),
        ({}, "src/a.ts", "/abs", None),
        ({"src/b.ts": ""}, "src/a.ts", "./b?raw", "src/b.ts"),
        # packages of a workspace, however it is declared; their build output is not there
        ({"package.json": {"workspaces": ["libs/*"]}, "libs/x/package.json": {"name": "@org/x", "main": "dist/index.js"}, "libs/x/src/index.ts": ""}, "api/a.ts", "@org/x", "libs/x/src/index.ts"),
        ({"package.json": {"workspaces": {"packages": ["libs/**"]}}, "libs/a/x/package.json": {"name": "x", "types": "./dist/types/index.d.ts"}, "libs/a/x/src/index.ts": ""}, "api/a.ts", "x", "libs/a/x/src/index.ts"),
        ({"pnpm-workspace.yaml": "packages:\n  - 'libs/*'\n", "libs/x/package.json": {"name": "x", "exports": {".": {"types": "./build/main/index.d.ts"}, "./*": "./build/main/*.js"}}, "libs/x/src/index.ts": "", "libs/x/src/y.ts": ""}, "api/a.ts", "x/y", "libs/x/src/y.ts"),
        ({"lerna.json": {}, "packages/x/package.json": {"name": "x", "main": "build"}, "packages/x/src/index.ts": ""}, "api/a.ts", "x", "packages/x/src/index.ts"),
        ({"package.json": {"workspaces": ["libs/*"]}, "libs/x/package.json": {"name": "x", "main": "out/code/index.js"}, "libs/x/tsconfig.json": {"compilerOptions": {"outDir": "out/code", "rootDir": "code"}}, "libs/x/code/index.ts": ""}, "api/a.ts", "x", "libs/x/code/index.ts"),
        ({"package.json": {"workspaces": ["libs/*"]}, "libs/x/package.json": {"name": "x", "exports": {"@org/source": "./code/index.ts", "default": "./gone/index.js"}}, "libs/x/code/index.ts": ""}, "api/a.ts", "x", "libs/x/code/index.ts"),
        ({"package.json": {"workspaces": ["libs/*"]}, "libs/x/package.json": {"name": "x", "exports": {"./inner/*": None, "./*": "./src/*.ts"}}, "libs/x/src/inner/y.ts": ""}, "api/a.ts", "x/inner/y", None),
        ({"package.json": {"workspaces": ["libs/*", "!libs/old"]}, "libs/old/package.json": {"name": "x"}, "libs/old/index.ts": ""}, "api/a.ts", "x", "package:x"),
        ({"package.json": {"workspaces": ["libs/*"]}, "examples/express/package.json": {"name": "express"}, "examples/express/index.ts": ""}, "api/a.ts", "express", "package:express"),
        ({"api/package.json": {"dependencies": {"common": "file:../common"}}, "common/package.json": {"name": "whatever", "main": "dist/index.js"}, "common/src/index.ts": ""}, "api/src/a.ts", "common", "common/src/index.ts"),
        ({"api/package.json": {"dependencies": {"shared": "^1.0.0"}}, "shared/package.json": {"name": "shared"}, "shared/index.ts": ""}, "api/src/a.ts", "shared", "package:shared"),
        # of its own
        ({"package.json": {"name": "me", "exports": {"./x": "./dist/x.js"}}, "src/x.ts": ""}, "src/a.ts", "me/x", "src/x.ts"),
        ({"package.json": {"imports": {"#db": {"test": "./src/fake.ts", "default": "./dist/db.js"}}}, "src/db.ts": "", "src/fake.ts": ""}, "src/a.ts", "#db", "src/db.ts"),
        ({"package.json": {"imports": {"#*": "./src/*.js"}}, "src/x/y.ts": ""}, "src/a.ts", "#x/y", "src/x/y.ts"),
        ({"package.json": {}}, "src/a.ts", "#x", None),
    ],
)  # fmt: skip
def test_manifests_say_where_imports_lead(resolve, files, importer, specifier, expected):
    assert resolve(files, importer, specifier) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "packages:\n  - apps/*\n  - 'libs/**' # why\n  - \"!libs/old\"\n",
            ("apps/*", "libs/**", "!libs/old"),
        ),
        ("# x\npackages:\n\n# y\n- apps/*\n-  '*'\ncatalog:\n  a: 1\n", ("apps/*", "*")),
        ("packages: ['a/*', b, \"c\"]\n", ("a/*", "b", "c")),
        ("packages: [\n  'a/*',  # x\n  b,\n]\n", ("a/*", "b")),
        ("packages: []", ()),
        ("packages:\r\n  - apps/*\r\n", ("apps/*",)),
        ("catalog:\n  packages:\n    - x\n", ()),
        ("packages:\n", ()),
        ("", ()),
        ("packages: apps", None),
        ("packages: ['a", None),
        ("packages:\n  a: b\n", None),
        ("packages:\n  - {a: b}\n", None),
    ],
)
def test_pnpm_workspaces_are_read(text, expected):
    assert pnpm_packages(text) == expected


def test_answers_follow_the_files(tmp_path):
    write(tmp_path, {"src/a.ts": "", "src/b/index.ts": ""})
    layout = read_layout(tmp_path, list_files(tmp_path).manifests)
    for files, expected in [
        ({"src/a.ts"}, None),
        ({"src/a.ts", "src/b/index.ts"}, "src/b/index.ts"),
        ({"src/a.ts", "src/b/index.ts", "src/b.ts"}, "src/b.ts"),
        ({"src/a.ts", "src/b/index.ts"}, "src/b/index.ts"),
    ]:
        assert Resolver(layout, frozenset(files)).resolve("src/a.ts", "./b").path == expected


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "tsconfig.json",
            '{"compilerOptions": ',
            "is not valid JSON: Expecting value (line 1, column 21). Mend it",
        ),
        ("package.json", "[]", "does not hold an object. Mend it"),
        ("package.json", "", "is not valid JSON: Expecting value (line 1, column 1). Mend it"),
        (
            "pnpm-workspace.yaml",
            "packages: {",
            "is not understood: `packages` must be a list of patterns. Mend it",
        ),
        ("nest-cli.json", '{"a" 1}', "is not valid JSON"),
        ("packages/x/project.json", "nonsense", "is not valid JSON"),
    ],
)
def test_broken_manifests_are_named(tmp_path, name, text, said):
    write(tmp_path, {name: text, "src/a.ts": ""})
    (problem,) = read_layout(tmp_path, list_files(tmp_path).manifests).problems
    assert problem.path == name
    assert problem.message.startswith(said)


@pytest.mark.parametrize(
    "name", ["package.json", "tsconfig.json", "nest-cli.json", "project.json", "lerna.json"]
)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    value=st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.sampled_from(["", ".", "./a", "*", "a/*", "..", "/", "${configDir}/x", "@a/b"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "name",
                        "main",
                        "types",
                        "exports",
                        "imports",
                        "workspaces",
                        "packages",
                        "dependencies",
                        "extends",
                        "files",
                        "include",
                        "compilerOptions",
                        "paths",
                        "baseUrl",
                        "outDir",
                        "references",
                        "path",
                        "projects",
                        "root",
                        ".",
                        "./*",
                        "#x",
                        "*",
                        "import",
                    ]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=20,
    )
)
def test_no_manifest_breaks_the_reader(tmp_path, name, value):
    write(tmp_path, {name: value, "src/a.ts": "", "src/b.ts": ""})
    resolver = resolver_of(tmp_path)
    for specifier in ("./b", "a", "@a/b/c", "#x", "*", "."):
        resolver.resolve("src/a.ts", specifier)


@pytest.mark.parametrize("name", ["a.d.js", "a.d.tsx", "a.mtsx", "a.d.mjs", "a.cjsx"])
def test_an_extension_that_no_compiler_knows_leads_nowhere(resolve, name):
    assert resolve({"a.ts": ""}, "b.ts", f"./{name}") is None
