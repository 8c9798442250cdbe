"""The formats for other programs, read back with the means of those programs."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

NOISY = """\
import { Injectable } from '@nestjs/common';

@Injectable()
export class CatsService {
  /* é😀 */ all() { console.log('all'); console.log('all'); }
}
"""


@pytest.fixture
def output(project, nestwise):
    """What `nestwise check` prints in a format, run in the project with one noisy and one binary file."""
    root = project({"src/cats, 100%.service.ts": NOISY, "src/odd.ts": b"\0" * 100})

    def run(style: str) -> str:
        done = nestwise("check", "--format", style, cwd=root)
        assert (done.returncode, done.stderr) == (1, "")
        return done.stdout

    return run


def test_github_annotates_each_finding(output):
    error, first, second = output("github").splitlines()
    assert error.startswith("::error file=src/odd.ts,title=nestwise::src/odd.ts is not text")
    where = "file=src/cats%2C 100%25.service.ts,line=5,endLine=5,col=21,endColumn=32"
    assert first.startswith(f"::warning {where},title=logging/no-console::")
    assert ",col=41," in second


def test_gitlab_has_a_stable_fingerprint_for_each_finding(output):
    first, second, error = json.loads(output("gitlab"))
    assert first["location"] == {"path": "src/cats, 100%.service.ts", "lines": {"begin": 5}}
    assert (first["check_name"], first["severity"]) == ("logging/no-console", "minor")
    assert error["location"]["path"] == "src/odd.ts"
    assert len({f["fingerprint"] for f in (first, second, error)}) == 3
    assert json.loads(output("gitlab"))[0]["fingerprint"] == first["fingerprint"]


def test_junit_is_xml_with_a_failure_for_each_finding(output):
    root = ElementTree.fromstring(output("junit"))
    assert (root.get("tests"), root.get("failures")) == ("3", "3")
    cases = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert ("logging/no-console", "src/cats, 100%.service.ts:5:21") in cases
    assert all(len(case.findall("failure")) == 1 for case in root.iter("testcase"))


def test_junit_has_a_passed_case_where_nothing_is_found(project, nestwise):
    done = nestwise("check", "--format", "junit", project({"src/a.service.ts": "export class A {}\n"}))
    root = ElementTree.fromstring(done.stdout)
    assert (done.returncode, root.get("tests"), root.get("failures")) == (0, "1", "0")


def test_sarif_has_rules_results_and_notifications(output):
    report = json.loads(output("sarif"))
    assert report["version"] == "2.1.0"
    [run] = report["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["logging/no-console"]
    first, second = run["results"]
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == ("logging/no-console", 0, "warning")
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "src/cats%2C%20100%25.service.ts", "uriBaseId": "SRCROOT"}
    assert place["region"] == {"startLine": 5, "startColumn": 21, "endLine": 5, "endColumn": 32}
    assert first["partialFingerprints"] != second["partialFingerprints"]
    [note] = run["invocations"][0]["toolExecutionNotifications"]
    assert "is not text" in note["message"]["text"]
    assert run["invocations"][0]["executionSuccessful"] is False
