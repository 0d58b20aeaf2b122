"""The audit trail: all events of a mark in order, without forged ones."""

import json
from dataclasses import replace

from gradebooks import BAD, GOOD, HOSTILE, verdict
from marking.journals import EXERCISE, journal_in
from rich.console import Console

from grader.gradebook.journal import Journal
from grader.gradebook.marks import Arrival
from grader.gradebook.setting import publish, set_mark
from grader.reports.audit import events, render_json, render_table
from grader.verdicts.verdict import hash_of


def history(folder):
    """Return a journal's lines: a verdict, a mark, its publication, a new verdict, a withdrawal."""
    path = journal_in(folder, verdict("ada", GOOD), verdict("bob", BAD))
    with Journal.existing(path) as journal:
        set_mark(journal, "bob", EXERCISE, 3, comment="c", reason="r", by="eve")
        publish(journal, ["bob"], "zoe")
        again = verdict("bob", GOOD)
        journal.add(replace(again, conditions=replace(again.conditions, course="c1")), 0.1)
        set_mark(journal, "bob", EXERCISE, None, comment="", reason="x", by="eve", withdrawn=True)
        return journal.lines


def test_no_verdict_is_lost_and_each_event_tells_the_points_after_it(tmp_path):
    """Each event has its author, course version, seed and submission."""
    found = events(history(tmp_path), "bob")
    assert [(one["event"], one["points"], one["by"], one["course"]) for one in found] == [
        ("judged", 2, "grader", "c0"),
        ("set", 3, "eve", "c0"),
        ("published", 3, "zoe", "c0"),
        ("judged", 3, "grader", "c1"),
        ("withdrawn", 4, "eve", "c1"),
    ]
    assert {(one["seed"], one["submission"], one["name"]) for one in found} == {
        (hash_of(""), "h0", "bob")
    }
    assert found[1]["reason"] == "r"


def test_a_time_of_arrival_is_part_of_the_trail(tmp_path):
    """It decides what is taken off."""
    path = journal_in(tmp_path, verdict("ada", GOOD))
    with Journal.existing(path) as journal:
        journal.decide(Arrival("ada", "h0", "2026-12-01T10:00:00+01:00", "t1"))
        *_, last = found = events(journal.lines)
    assert (last["event"], last["by"]) == ("arrived", "policy")
    console = Console(width=100, force_terminal=False)
    with console.capture() as shown:
        console.print(render_table(found))
    assert "handed in at 2026-12-01T10:00:00+01:00" in shown.get()


def test_without_a_name_everybody_is_told_of(tmp_path):
    """In the order of the journal."""
    assert [one["name"] for one in events(history(tmp_path))][:3] == ["ada", "bob", "bob"]


def test_hostile_names_and_reasons_steer_no_terminal_and_are_whole_in_json(tmp_path):
    """JSON is pure ASCII, and keeps all characters."""
    path = journal_in(tmp_path, *(verdict(text, BAD) for text in HOSTILE))
    with Journal.existing(path) as journal:
        for text in HOSTILE:
            set_mark(journal, text, EXERCISE, 1, comment=text, reason=text or "x", by=text)
        found = events(journal.lines)
    text = render_json("/class", found)
    assert text.isascii()
    assert [one["name"] for one in json.loads(text)["events"]] == [*HOSTILE, *HOSTILE]
    console = Console(width=100, force_terminal=False)
    with console.capture() as shown:
        console.print(render_table(found))
    assert not {"\x1b", "\0", "\u202e", "\u2028"} & set(shown.get())
