"""Tests of judgements and their conditions."""

import json
import platform
import shutil
from dataclasses import replace

import numpy as np
from small_class import judged, outcomes

from grader.judging.judgement import judge_one
from grader.verdicts.verdict import Outcome


def test_a_judge_that_fails_says_so_in_the_verdict(settings_of, submit, monkeypatch):
    """An exception in the grader costs no points and does not stop the run."""

    def fail(*_, **__):
        raise KeyError("our own fault")

    monkeypatch.setattr("grader.judging.judge.Judge.judge", fail)
    verdict = judge_one(settings_of(), submit("ada")).verdict
    assert outcomes(verdict) == [Outcome.GRADER_ERROR] * 2
    assert "our own fault" in verdict.exercises[0].specs[0].message
    assert verdict.submission == submit("ada").hash


def test_a_verdict_says_what_it_was_found_under(settings_of, submit):
    """Of the submission, course, secret, versions, limits and sandbox layers."""
    submission = submit("ada")
    settings = settings_of(call_seconds=1.5)
    (judgement,) = judged([submission], settings, 1)
    verdict = judgement.verdict
    assert verdict.submission == submission.hash
    assert verdict.conditions == settings.conditions()
    assert verdict.conditions.python == platform.python_version()
    assert verdict.conditions.numpy == np.__version__
    assert verdict.conditions.limits["call_seconds"] == 1.5
    assert verdict.conditions.sandbox == settings.sandbox
    assert settings.secret not in json.dumps(verdict.conditions.__dict__)


def test_the_conditions_tell_what_has_changed(settings_of, course):
    """Another secret, limit or sandbox, or a changed spec or setting of the course."""
    settings = settings_of(confined=False)
    before = settings.conditions()
    assert settings_of(confined=False).conditions() == before
    assert replace(settings, secret="another").conditions().seed != before.seed
    assert settings_of(confined=False, memory_mib=999).conditions() != before
    copies = []
    for number, (name, found, instead) in enumerate(
        [
            ("tests/specs/test_90_twice.py", "2 * x", "x + x"),
            ("pyproject.toml", "[tool.kata]", "[tool.kata] # changed"),
            ("tests/specs/test_90_twice.py", "\n", "\r\n"),
        ]
    ):
        root = course.root.with_name(f"copy{number}")
        shutil.copytree(course.root, root)
        text = (root / name).read_text("utf-8")
        assert found in text
        (root / name).write_bytes(text.replace(found, instead).encode())
        copies.append(replace(settings, root=root).conditions().course)
    assert before.course not in copies[:2]
    assert copies[2] == before.course  # Git on Windows may check files out with other line endings
