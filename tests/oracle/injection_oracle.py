"""What Nest's container holds, and what `nestwise graph` says of the same applications."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nest_oracle import NODE

Row = dict[str, Any]


def nest(jobs: Iterable[tuple[Path, str]]) -> list[Row]:
    """Nest's answers to applications, each a folder and the file in it that starts one."""
    given = json.dumps([{"root": str(root.resolve()), "main": main} for root, main in jobs])
    command = ["node", "--max-old-space-size=600", str(NODE / "injection-oracle.cjs")]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers: list[Row] = json.loads(done.stdout)
    return answers


def ours(root: Path) -> list[Row]:
    """The applications of a folder."""
    command = [sys.executable, "-m", "nestwise", "graph", "--format", "json", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    found: list[Row] = json.loads(done.stdout)["applications"]
    return found


class Comparison:
    """What is different, and how much is unknown, of one application."""

    def __init__(self, mine: Row, theirs: Row) -> None:
        self.mine = mine
        self.theirs = theirs
        self.known = self.unknown = 0
        self.different: list[str] = []
        self.packages = {m["name"] for m in mine["modules"] if m["package"]}
        self.sentences = [r["sentence"] for r in mine["refusals"]]
        self.ids = {m["id"]: m for m in mine["modules"]}
        if "error" in theirs:
            self._refused(theirs["error"])
        else:
            self._held()

    def _refused(self, error: str) -> None:
        said = " ".join(error.split())
        if self._is_circle(said) or any(said.startswith(" ".join(s.split())) for s in self.sentences):
            self.known += 1
        else:
            self.different.append(f"Nest refuses: {said[:300]}; we say {self.sentences}")

    def _is_circle(self, said: str) -> bool:
        names = {name for r in self.mine["refusals"] for name in r["circle"]}
        if said in ("endless", "it never starts") or said.startswith("Cannot convert a Symbol"):
            # One of what is made late, one that waits for itself, and one with such a name.
            return bool(names)
        return any(said.startswith(f'A circular dependency has been detected inside "{n}"') for n in names)

    def _held(self) -> None:
        for refusal in self.mine["refusals"]:
            if refusal["certain"] and not refusal["late"]:
                self.different.append(f"Nest starts; we say {refusal['sentence']}")

        late = {r["sentence"] for r in self.mine["refusals"]}
        mine, theirs = _by_name(self.mine["modules"]), _by_name(self.theirs["modules"])
        for name in {*mine, *theirs}:
            if name in self.packages or (name not in mine and not self._is_own(name)):
                continue
            pairs = _pairs(mine.get(name, []), theirs.get(name, []))
            if pairs is None:
                self.different.append(
                    f"{name}: we have {len(mine.get(name, []))}, Nest {len(theirs.get(name, []))}"
                )
                continue
            for our, nests in pairs:
                self._module(our, nests)
        for module in self.theirs["modules"]:
            for made in (*module["providers"], *module["controllers"], *module["injectables"]):
                if made["late"] and self._is_own(module["name"]):
                    self._late(made["late"], late)

    def _is_own(self, name: str) -> bool:
        return any(m["name"] == name and not m["package"] for m in self.mine["modules"])

    def _late(self, error: str, known: Iterable[str]) -> None:
        said = " ".join(error.split())
        if not self._is_circle(said) and not any(said.startswith(" ".join(s.split())) for s in known):
            self.different.append(f"Nest refuses late: {said[:300]}")

    def _module(self, our: Row, nests: Row) -> None:
        name = our["name"]
        shared = {m["name"] for m in self.mine["modules"] if m["global"]} | {
            m["name"] for m in self.theirs["modules"] if m["global"]
        }
        imports = {self.ids[i]["name"] for i in our["imports"]}
        self._same(f"imports of {name}", imports - shared, set(nests["imports"]) - shared)
        self._same(f"global of {name}", our["global"], nests["global"])
        self._same(f"exports of {name}", sorted(our["exports"]), sorted(map(_plain, nests["exports"])))
        for key, kinds in (("providers", ("provider", "enhancer")), ("controllers", ("controller",))):
            said = [m for m in our[key] if m["role"] in kinds]
            held = list(nests[key])
            if key == "providers":  # those for each request are among the injectables
                held += [m for m in nests["injectables"] if m["token"].strip('"').startswith("APP_")]
            self._made(f"{key} of {name}", said, held)
        held = [m for m in nests["injectables"] if not m["token"].strip('"').startswith("APP_")]
        self._made(f"enhancers of {name}", [m for m in our["bound"] if m["role"] == "injectable"], held)

    def _made(self, what: str, said: list[Row], held: list[Row]) -> None:
        mine, theirs = defaultdict(list), defaultdict(list)
        for row in said:
            mine[row["token"].strip('"')].append(row)
        for row in held:
            theirs[_plain(row["token"]).strip('"')].append(row)
        self._same(
            what, sorted((k, len(v)) for k, v in mine.items()), sorted((k, len(v)) for k, v in theirs.items())
        )
        for token in mine.keys() & theirs.keys():
            for row, other in zip(mine[token], theirs[token], strict=False):
                self._one(f"{what}: {token}", row, other)

    def _one(self, what: str, row: Row, other: Row) -> None:
        if row["kind"] in ("class", "useClass"):
            self._same(f"class of {what}", row["class"], other["class"])
        self._same(f"scope of {what}", row["scope"], other["scope"])
        places: dict[str, list[Row]] = defaultdict(
            list
        )  # several of a property that a subclass declares again
        for place in other["dependencies"]:
            places[str(place["key"])].append(place)
        broken = bool(other["late"]) or any(
            d["state"] == "missing" and not d["optional"] for d in row["dependencies"]
        )
        if not broken:
            self._same(f"per request of {what}", row["perRequest"], not other["static"])
        for dep in row["dependencies"]:
            key = str(dep["index"]) if dep["index"] is not None else dep["name"]
            if dep["state"] == "unknown":
                self.unknown += 1
                continue
            self.known += 1
            held = {(p["module"], _plain(p["provider"]).strip('"')) for p in places[key] if p["provider"]}
            if dep["state"] == "missing":
                others = [d for d in row["dependencies"] if d["name"] == dep["name"] and d is not dep]
                if held and not others:
                    self.different.append(f"{what} [{key}]: we say missing, Nest has {held}")
            elif held or not (broken or dep["token"] == '"INQUIRER"'):
                # Else Nest gave up before it came to this one, or gave it without a look.
                depth = 9 if row["kind"] == "useExisting" else 0  # an alias of an alias is not followed
                mine = self._behind(dep, depth)
                if mine[0] in self.packages:  # whose modules may have inner ones
                    held = {(mine[0], token) for _, token in held}
                if mine not in held:
                    self.different.append(f"{what} [{key}]: we say {mine}, Nest {held}")

    def _behind(self, dep: Row, depth: int = 0) -> tuple[str | None, str]:
        """Where a dependency leads, aliases followed, as Nest's injector does."""
        if dep["module"] is None:
            return None, dep["token"].strip('"')
        module, token = self.ids[dep["module"]], dep["provider"]
        made = next((m for m in module["providers"] if m["token"] == token), None)
        if made is not None and made["kind"] == "useExisting" and depth < 9:
            inner = made["dependencies"][0]
            if inner["state"] == "resolved":
                return self._behind(inner, depth + 1)
        return module["name"], token.strip('"')

    def _same(self, what: str, mine: object, theirs: object) -> None:
        if mine != theirs:
            self.different.append(f"{what}: we say {mine}, Nest {theirs}")


def _plain(token: str) -> str:
    if "CONFIGURABLE_MODULE_OPTIONS[" in token:  # with a number of its own in every run
        return "MODULE_OPTIONS_TOKEN"
    return token[7:-1] if token.startswith("Symbol(") else token


def _by_name(modules: list[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for module in modules:
        found[module["name"]].append(module)
    return found


def _pairs(mine: list[Row], theirs: list[Row]) -> list[tuple[Row, Row]] | None:
    """The same modules of both sides, in the order in which Nest finds those of the same content."""
    if len(mine) != len(theirs):
        return None
    left, right = (sorted(side, key=lambda m: str(_signature(m))) for side in (mine, theirs))
    if len(mine) > 1 and list(map(_signature, left)) != list(map(_signature, right)):
        return None
    return list(zip(left, right, strict=True))


def _signature(module: Row) -> tuple[object, ...]:
    rows = [m for m in module["providers"] if "APP_" not in m["token"]]
    made = [
        (m["token"], m["class"] if m.get("kind", "class") in ("class", "useClass") else None) for m in rows
    ]
    return (
        tuple(sorted((_plain(t).strip('"'), c or "") for t, c in made)),
        tuple(sorted(_plain(t).strip('"') for t in module["exports"])),
        module["global"],
    )


def differences(root: Path, names: Iterable[str]) -> Iterator[tuple[str, Comparison]]:
    """Compares applications of one workspace: each a folder `apps/NAME` with a `main.ts`."""
    names = list(names)
    found = {Path(app["file"]).parts[1]: app for app in ours(root)}
    answers = nest((root, f"apps/{name}/main.ts") for name in names)
    for name, answer in zip(names, answers, strict=True):
        yield name, Comparison(found[name], answer)
