"""The cache of facts: whatever happens to its file, answers are the same."""

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from nestwise.project.cache import FactsCache
from nestwise.project.extract import extract
from nestwise.project.store import cache_folder
from nestwise.syntax.source import Dialect, Source

FACTS = extract(Source.parse(b"export class A { constructor(private b: B) {} }", Dialect.TS))
KEY = b"k" * 16


def stored(path, key=KEY):
    FactsCache(path).store({key: FACTS})


def known(path, key=KEY):
    return FactsCache(path).load([key]).get(key)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep/facts.db"


def test_facts_come_back_as_they_were(path):
    stored(path)
    assert known(path) == FACTS
    assert known(path, b"x" * 16) is None


def test_many_are_asked_for_at_once(path):
    keys = [i.to_bytes(16, "big") for i in range(3000)]
    cache = FactsCache(path)
    cache.store(dict.fromkeys(keys, FACTS))
    assert FactsCache(path).load(keys) == dict.fromkeys(keys, FACTS)


@pytest.mark.parametrize(
    "data", [b"", b"nonsense" * 1000, b"SQLite format 3\0" + b"\xff" * 5000, bytes(8192)]
)
def test_a_broken_file_is_made_anew(path, data):
    path.parent.mkdir()
    path.write_bytes(data)
    assert known(path) is None
    stored(path)
    assert known(path) == FACTS


def test_a_file_that_is_broken_inside_is_made_anew_the_next_time(path):
    keys = [i.to_bytes(16, "big") for i in range(2000)]
    FactsCache(path).store(dict.fromkeys(keys, FACTS))
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xaa" * (len(data) - 8192)
    path.write_bytes(data)
    cache = FactsCache(path)
    cache.load(keys)
    cache.store({KEY: FACTS})
    stored(path)
    assert known(path) == FACTS


def test_a_value_that_is_no_facts_is_not_taken(path):
    stored(path)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE facts SET value = x'93010203'")
    db.close()
    assert known(path) is None
    stored(path)
    assert known(path) == FACTS


def test_a_table_of_another_version_is_made_anew(path):
    path.parent.mkdir()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE facts (other TEXT)")
        db.execute("PRAGMA user_version = 99")
    db.close()
    stored(path)
    assert known(path) == FACTS


def test_a_locked_file_is_left_alone(path):
    stored(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    FactsCache(path).store({b"x" * 16: FACTS})
    other.execute("ROLLBACK")
    other.close()
    assert known(path) == FACTS
    stored(path, b"y" * 16)
    assert known(path, b"y" * 16) == FACTS


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    for place in (tmp_path / "file/x/facts.db", Path(os.devnull) / "facts.db"):
        stored(place)
        assert known(place) is None
    (tmp_path / "facts.db").mkdir()
    stored(tmp_path / "facts.db")
    assert known(tmp_path / "facts.db") is None


def test_many_processes_at_once(path):
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2]); import test_cache as t\n"
        "n = int(sys.argv[3])\n"
        "for i in range(20): t.stored(Path(sys.argv[1]), bytes([n, i]) * 8)\n"
    )
    here = str(Path(__file__).parent)
    running = [subprocess.Popen([sys.executable, "-c", code, path, here, str(n)]) for n in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    keys = [bytes([n, i]) * 8 for n in range(3) for i in range(20)]
    assert FactsCache(path).load(keys) == dict.fromkeys(keys, FACTS)


def test_a_full_disk(path):
    """A limit on the size of files stands for it."""
    code = (
        "import resource, sys; from pathlib import Path\n"
        "sys.path.insert(0, sys.argv[2]); import test_cache as t\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))\n"
        "cache = t.FactsCache(Path(sys.argv[1]))\n"
        "for i in range(200): cache.store({bytes([i, j]) * 8: t.FACTS for j in range(50)})\n"
        "cache.load([t.KEY])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path, Path(__file__).parent], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    stored(path)
    assert known(path) == FACTS


def test_the_file_stays_small(path):
    for round_ in range(40):
        entries = {bytes([round_, i]) * 8: FACTS for i in range(100)}
        FactsCache(path, max_bytes=300_000).store(entries)
    assert len(FactsCache(path).load(entries)) == 100
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    assert path.stat().st_size < 600_000


def test_what_is_used_stays_when_the_rest_goes(path, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 1_000 * 86_400.0)
    stored(path)
    stored(path, b"o" * 16)
    monkeypatch.setattr("time.time", lambda: 1_050 * 86_400.0)
    assert known(path) == FACTS
    monkeypatch.setattr("time.time", lambda: 1_100 * 86_400.0)
    cache = FactsCache(path, max_bytes=1)
    cache._prune()
    assert known(path, b"o" * 16) is None
    assert known(path) == FACTS


def test_it_may_be_used_from_another_thread_without_harm(path):
    stored(path)
    cache = FactsCache(path)
    found = []
    thread = threading.Thread(target=lambda: found.append(cache.load([KEY])))
    thread.start()
    thread.join()
    assert found == [{}]
    assert known(path) == FACTS


def test_nobody_without_a_home_is_refused(monkeypatch):
    def no_home(self):
        raise RuntimeError("no home")

    monkeypatch.delenv("NESTWISE_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "expanduser", no_home)
    stored(cache_folder() / "facts.db")


def test_a_relative_cache_folder_is_not_taken_from_the_environment(monkeypatch):
    monkeypatch.delenv("NESTWISE_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder().is_absolute()
