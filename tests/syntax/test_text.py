"""Positions in UTF-8, UTF-16 and UTF-32, and the three line endings of LSP."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nestwise.syntax.source import Dialect, Source, dialect_of
from nestwise.syntax.text import Edit, Span, Text

ENCODINGS = ["utf-8", "utf-16", "utf-32"]
PIECES = st.sampled_from(
    ["a", "bc", "é", "😀", "日本", "\ufeff", "\u2028", "\x0c", "\x85", "\x0b", "\t", "\n", "\r\n", "\r"]
)


def units(text: str, encoding: str) -> int:
    return len(text.encode(f"{encoding}-le" if encoding != "utf-8" else encoding)) // (int(encoding[4:]) // 8)


def lines_of(text: str) -> list[str]:
    """The lines of a text without their ends, by the letter of the protocol."""
    out, line, rest = [], "", text
    while rest:
        end = next((e for e in ("\r\n", "\n", "\r") if rest.startswith(e)), None)
        if end:
            out, line, rest = [*out, line], "", rest[len(end) :]
        else:
            line, rest = line + rest[0], rest[1:]
    return [*out, line]


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(pieces=st.lists(PIECES, max_size=30))
def test_positions_and_offsets_are_inverse_and_count_in_the_units_of_the_encoding(encoding, pieces):
    text = "".join(pieces)
    subject = Text(text.encode())
    lines = lines_of(text)
    assert subject.line_count == len(lines)
    for number, line in enumerate(lines):
        start, end = subject.line_span(number)
        assert subject.data[start:end].decode() == line
        for column in range(len(line) + 1):
            offset = start + len(line[:column].encode())
            expected = (number, units(line[:column], encoding))
            assert subject.position(offset, encoding) == expected
            assert subject.offset(*expected, encoding) == offset


@given(st.lists(PIECES, max_size=20), st.integers(0, 3), st.integers(0, 60))
def test_what_lies_past_the_end_is_clamped(pieces, extra_lines, column):
    text = Text("".join(pieces).encode())
    last = text.line_count - 1
    assert text.offset(last + 1 + extra_lines, column) == len(text.data)
    for line in range(text.line_count):
        start, end = text.line_span(line)
        assert start <= text.offset(line, column) <= end
        assert text.offset(line, 10**9) == end
    assert text.position(10**9) == text.position(len(text.data))


def test_a_position_inside_a_surrogate_pair_is_before_the_character():
    text = Text("a😀b".encode())
    assert [text.offset(0, column, "utf-16") for column in range(5)] == [0, 1, 1, 5, 6]


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(data=st.binary(max_size=60))
def test_invalid_utf_8_is_kept_and_every_position_can_be_asked(encoding, data):
    text = Text(data)
    assert text.data == data
    last = (0, 0)
    for offset in range(len(data) + 1):
        position = text.position(offset, encoding)
        assert position >= last
        last = position
        assert 0 <= text.offset(*position, encoding) <= len(data)


@given(st.lists(PIECES, max_size=20), st.data())
def test_edits_are_applied_to_the_original(pieces, data):
    text = "".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4)))
    a, b, c, d = (len(text[:cut].encode()) for cut in cuts)
    after = Text(text.encode()).apply([Edit(Span(a, b), "é"), Edit(Span(c, d), "")])
    assert after.data.decode() == text[: cuts[0]] + "é" + text[cuts[1] : cuts[2]] + text[cuts[3] :]


@pytest.mark.parametrize(
    ("path", "dialect"),
    [
        ("a.ts", Dialect.TS),
        ("a.mts", Dialect.TS),
        ("a.cts", Dialect.TS),
        ("a.tsx", Dialect.TSX),
        ("a.d.ts", None),
        ("a.d.mts", None),
        ("a.js", None),
        ("ts", None),
    ],
)
def test_the_name_of_a_file_says_how_it_is_parsed(path, dialect):
    assert dialect_of(path) is dialect


@pytest.mark.parametrize("head", ["", "\ufeff", "#!/usr/bin/env node\n", "\ufeff// é😀\r\n", "\r\r\n\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_byte_order_marks_shebangs_and_line_ends_do_not_hide_code(head, end):
    code = end.join(["@D('é😀')", "export class Ünï {", "  a = sql<T>`x", "y`;", "}", ""])
    source = Source.parse((head + code).encode())
    assert not source.broken
    ((_, found),) = source.matches("(class_declaration name: (_) @name)")
    assert source.text_of(found["name"]) == "Ünï"


def test_invalid_utf_8_is_shown_as_a_replacement_and_parsed_around():
    source = Source.parse(b"const a = '\xff';\nclass B {}\n")
    assert not source.broken
    ((_, found),) = source.matches("(string) @s")
    assert source.text_of(found["s"]) == "'\ufffd'"
