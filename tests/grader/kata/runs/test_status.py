"""The learner's progress: a row and a sentence for each exercise."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from grader.course.course import Exercise, Part
from grader.kata.runs.status import (
    ExerciseStatus,
    Standing,
    standing_of,
    table_of,
    tell_statuses,
)
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

EXERCISE = Exercise(Path("/course"), "03_affine")


def verdict(*outcomes):
    core = [SpecVerdict(f"t{n}", "", Tier.CORE, one, 2) for n, one in enumerate(outcomes)]
    star = SpecVerdict("star", "", Tier.STRETCH, Outcome.FAILED, 0)
    return ExerciseVerdict("03_affine", (*core, star))


DONE, HALF = verdict(Outcome.PASSED), verdict(Outcome.PASSED, Outcome.FAILED)


@pytest.mark.parametrize(
    ("status", "cells", "told"),
    [
        (
            ExerciseStatus(EXERCISE, None, False),
            ["03_affine", "...", "", "", ""],
            "not looked at yet",
        ),
        (
            ExerciseStatus(EXERCISE, HALF, False),
            ["03_affine", "1 of 2", "☆", "2 / 4", ""],
            "1 of 2 promises",
        ),
        (
            ExerciseStatus(EXERCISE, DONE, False),
            ["03_affine", "done", "☆", "2 / 2", ""],
            "2 of 2 points",
        ),
        (
            ExerciseStatus(EXERCISE, DONE, True),
            ["03_affine", "borrowed", "", "0 / 2", ""],
            "no points",
        ),
        (
            ExerciseStatus(EXERCISE, HALF, True),
            ["03_affine", "1 of 2", "", "0 / 4", ""],
            "1 of 2 promises",
        ),
    ],
)
def test_each_exercise_has_a_row_and_a_sentence(status, cells, told):
    """Both say the same; a borrowed exercise has no points."""
    assert [cell.plain for cell in status.cells()] == cells
    assert told in status.sentence()


def test_the_total_is_told_once_all_is_known():
    """Before that, it would be too low."""
    known, unknown = ExerciseStatus(EXERCISE, DONE, False), ExerciseStatus(EXERCISE, None, False)
    assert tell_statuses([known, known])[-1] == "4 of 4 points, 2 of 2 exercises done."
    assert len(tell_statuses([known, unknown])) == 2
    assert shown(table_of([known, known])).endswith("4 of 4 points, 2 of 2 exercises done.\n")
    assert "points," not in shown(table_of([known, unknown]))


def shown(table):
    console = Console(file=io.StringIO(), width=80)
    console.print(table)
    return console.file.getvalue()


def status_of(name, found):
    return ExerciseStatus(Exercise(Path("/course"), name), found, False)


PARTS = (Part(1, {"en": "nodes"}, ("01_a", "02_bbbbbbbb")), Part(2, {"en": "nets"}, ("03_c",)))


def test_exercises_are_listed_by_part_with_a_total_of_each():
    """In the table, whose columns are as wide in all parts, and in sentences."""
    statuses = [status_of("01_a", DONE), status_of("02_bbbbbbbb", HALF), status_of("03_c", DONE)]
    first = "Part 1, nodes: 4 of 6 points, 1 of 2 exercises done."
    second = "Part 2, nets: 2 of 2 points, 1 of 1 exercises done."
    total = "6 of 8 points, 2 of 3 exercises done."
    lines = tell_statuses(statuses, PARTS)
    assert (lines[0], lines[3], lines[5]) == (first, second, total)
    table = [line.rstrip() for line in shown(table_of(statuses, PARTS)).splitlines()]
    assert (table[0], table[5], table[8]) == (first, second, total)
    assert table[1].split() == ["exercise", "done", "stars", "points", "minutes"]
    assert table[2].index("2 / 2") == table[3].index("2 / 4") == table[6].index("2 / 2")
    unknown = [*statuses[:2], status_of("03_c", None)]
    assert tell_statuses(unknown, PARTS)[3:] == ["Part 2, nets", "03_c: not looked at yet"]


def test_minutes_are_told_of_what_is_not_done(tmp_path):
    """The table has those of each exercise, as the lesson says."""
    exercise = Exercise(tmp_path, "03_affine")
    exercise.lesson.parent.mkdir(parents=True)
    exercise.lesson.write_text("# 03\n\nAbout 40 minutes.\n\n## Forward\n", "utf-8")
    half, done = ExerciseStatus(exercise, HALF, False), ExerciseStatus(exercise, DONE, False)
    assert half.sentence() == "03_affine: 1 of 2 promises kept, about 40 minutes"
    assert "minutes" not in done.sentence()
    assert [one.cells()[-1].plain for one in (half, done)] == ["40", "40"]
    assert standing_of([half, done], exercise) == Standing(1, 2, 40)
    assert standing_of([half, done], None) == Standing(1, 2, None)


@pytest.mark.parametrize(("done", "full"), [(0, 0), (1, 1), (12, 18), (13, 20)])
def test_where_a_learner_is_is_a_bar_and_a_sentence(done, full):
    """The bar is full only when all is done; a narrow screen has no room for the sentence."""
    standing = Standing(done, 13, 40)
    told = f"{done} of 13 exercises done; this one takes about 40 minutes"
    assert standing.sentence() == told
    bar = standing.bar(80)
    assert bar.plain == "━" * 20 + f"  {told}"
    assert sum(end - start for start, end, style in bar.spans if style == "green") == full
    assert standing.bar(19).plain == "━" * 19
