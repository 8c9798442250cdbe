"""What imported names mean, through barrels, aliases, defaults and namespaces: as the compiler says."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nestwise.project.model.symbols import Ref, resolve

MODULES = [f"m{n}" for n in range(5)]
NAMES = ["A", "B", "C", "default"]
NAME = st.sampled_from(NAMES)
PLAIN = st.sampled_from(NAMES[:3])


def _module(parts):
    """A module's text; what would export a name twice is left out."""
    exported, declared, lines = set(), set(), []
    for number, (kind, name, other, source) in enumerate(parts):
        match kind:
            case "class" if name != "default" and name not in exported | declared:
                lines.append(f"export class {name} {{}}")
                declared.add(name)
            case "local" if name != "default" and name not in exported | declared:
                lines.append(f"class {name} {{}}\nexport {{ {name} }};")
                declared.add(name)
            case "default" if "default" not in exported:
                name = "default"
                lines.append(f"export default class D{number} {{}}")
            case "from" if name not in exported:
                lines.append(f"export {{ {source} as {name} }} from './{other}';")
            case "import" if name not in exported:
                lines.append(
                    f"import {{ {source} as i{number} }} from './{other}';\nexport {{ i{number} as {name} }};"
                )
            case "import default" if name not in exported:
                lines.append(f"import i{number} from './{other}';\nexport {{ i{number} as {name} }};")
            case "type" if name not in exported:
                lines.append(f"export type {{ {source} as {name} }} from './{other}';")
            case "namespace" if name not in exported:
                lines.append(f"export * as {name} from './{other}';")
            case "import namespace" if name not in exported:
                lines.append(f"import * as i{number} from './{other}';\nexport {{ i{number} as {name} }};")
            case "star":
                lines.append(f"export * from './{other}';")
                continue
            case _:
                continue
        exported.add(name)
    return "\n".join([*lines, "export {};"])


KINDS = [
    "class",
    "local",
    "default",
    "from",
    "import",
    "import default",
    "type",
    "namespace",
    "import namespace",
]


def _modules(number):
    """Modules that point at earlier ones: in a circle the compiler gives up on names that have a meaning."""
    return _pointing_at(MODULES[:number])


def _pointing_at(earlier):
    kinds = [*KINDS, "star", "star", "star"] if earlier else ["class", "local", "default"]
    part = st.tuples(st.sampled_from(kinds), NAME, st.sampled_from(earlier or ["m0"]), NAME)
    return st.lists(part, max_size=5).map(_module)


@pytest.fixture(scope="module")
def compiler():
    script = Path(__file__).parent / "symbols.cjs"
    process = subprocess.Popen(["node", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(files, user):
        request = {"files": {f"/{path}": text for path, text in files.items()}, "user": f"/{user}"}
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    yield ask
    process.stdin.close()
    process.wait()


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.tuples(*map(_modules, range(len(MODULES)))))
def test_names_mean_what_the_compiler_says(compiler, project_of, modules):
    files = {f"{name}.ts": text for name, text in zip(MODULES, modules, strict=True)}
    imports = [f"import {{ {n} as {m}_{n} }} from './{m}';" for m in MODULES for n in NAMES]
    imports += [f"import * as {m}_all from './{m}';" for m in MODULES]
    files["user.ts"] = "\n".join(imports)
    project = project_of(files)
    for local, right in compiler(files, "user.ts").items():
        found = resolve(project, "user.ts", local)
        if right is None:
            assert not isinstance(found, Ref), (local, found)
        else:
            assert found == Ref(right[0].removeprefix("/"), right[1]), local


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(_pointing_at(MODULES), min_size=len(MODULES), max_size=len(MODULES)))
def test_names_in_any_circle_of_modules_have_an_answer_that_is_declared(project_of, modules):
    files = {f"{name}.ts": text for name, text in zip(MODULES, modules, strict=True)}
    project = project_of({**files, "user.ts": "\n".join(f"import * as {m} from './{m}';" for m in MODULES)})
    for module in MODULES:
        for name in NAMES:
            found = resolve(project, "user.ts", f"{module}.{name}")
            if isinstance(found, Ref) and found.name != "*":
                assert re.search(rf"class {found.name}\b|export default class", files[found.path]), found


@pytest.mark.parametrize(
    "files",
    [
        {"a.ts": "import x from './a';\nexport { x as default };"},
        {"a.ts": "import x from './b';\nexport { x as default };", "b.ts": "export { default } from './a';"},
        {"a.ts": "export * from './b';", "b.ts": "export * from './a';"},
        {"a.ts": "export { default } from './b';", "b.ts": "export { default } from './a';"},
    ],
)  # fmt: skip
def test_files_that_only_point_at_each_other_declare_nothing(project_of, files):
    project = project_of({**files, "user.ts": "import x from './a';"})
    assert not isinstance(resolve(project, "user.ts", "x"), Ref)


def test_a_name_that_leads_nowhere_hides_what_a_later_star_has(project_of):
    files = {
        "a.ts": "export { missing as x } from './a';",
        "b.ts": "export class x {}",
        "first.ts": "export * from './a';\nexport * from './b';",
        "last.ts": "export * from './b';\nexport * from './a';",
        "user.ts": "import { x as one } from './first';\nimport { x as two } from './last';",
    }
    project = project_of(files)
    assert not isinstance(resolve(project, "user.ts", "one"), Ref)
    assert resolve(project, "user.ts", "two") == Ref("b.ts", "x")
