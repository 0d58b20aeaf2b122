"""Pseudonyms: stable, and meaningless without the secret."""

import re
from dataclasses import replace

from gradebooks import BAD, GOOD, learner, marked, on_roster, row, spec, verdict

from grader.gradebook.rows import Row
from grader.reports.formats import feedback, github
from grader.reports.formats import html_page as html
from grader.reports.formats import json_file as json
from grader.reports.pseudonyms import pseudonymised
from grader.verdicts.verdict import Feedback, Outcome

SECRET = "5" * 64
JANE = replace(learner("Doe, Jane", "1234567", "Mon"), email="jane@x.org")


def names(*rows, secret=SECRET):
    return [one.name for one in pseudonymised(rows, secret)]


def test_the_same_learner_has_the_same_name_everywhere():
    """In other assignments and classes, and for any submission."""
    alone = names(on_roster(JANE, GOOD))
    assert alone[0] in names(on_roster(JANE, BAD, handed_in=False), row("bob", GOOD))
    assert alone[0].startswith("learner-")


def test_others_have_other_names_and_so_has_another_secret():
    """Without the secret, a class list does not reveal who it is."""
    everybody = [row(f"learner {number}", GOOD) for number in range(300)]
    assert len(set(names(*everybody))) == 300
    assert not set(names(*everybody)) & set(names(*everybody, secret="6" * 64))


def test_the_order_tells_nothing():
    """Rows are sorted by pseudonym, because the order of real names would reveal them."""
    found = names(*(row(f"learner {number}", GOOD) for number in range(30)))
    assert found == sorted(found)


def test_no_report_names_anybody():
    """Name, ids, address, submission, notes, and names in the output of the code are hidden."""
    said = "I am Jane DOE, 1234567, jane@x.org; cannot, 12345678"
    told = Feedback(Outcome.FAILED, said, output=said, hints=(said,))
    told = (spec(Outcome.FAILED, said, output=said, feedback=told),)
    theirs = replace(on_roster(JANE, told), notes=("has the number 1234567 of Doe, Jane",))
    other = Row("bob", verdict("bob", GOOD, notes=("bob.py was taken for ex.py",)), handed_in="bob")
    found = pseudonymised([theirs, other], SECRET)
    files = feedback.render(found)
    reports = [
        json.render(found),
        html.render(found),
        github.render(found),
        *files,
        *files.values(),
    ]
    for report in reports:
        said = re.sub(r"sha256-[\w+/=]+", "", report)  # whose letters are chance
        assert not re.search(r"jane|doe(?!s)|1234567\b|x\.org|bob", said, re.IGNORECASE)
    assert "cannot, 12345678" in json.render(found)


def test_marks_and_sections_stay():
    """Reports are useful only with these."""
    (found,) = pseudonymised([on_roster(JANE, BAD)], SECRET)
    assert (found.section, found.verdict.points, bool(found.handed_in)) == ("Mon", 2, True)
    (absent,) = pseudonymised([on_roster(JANE, BAD, handed_in=False)], SECRET)
    assert absent.handed_in == ""


def test_points_set_by_hand_stay_and_comments_about_the_learner_do_not():
    """Nor does the name of the instructor."""
    jane = marked(on_roster(JANE, BAD), 3, comment="Jane, see me", reason="Jane asked", by="Zoe")
    (found,) = pseudonymised([jane], SECRET)
    assert found.points == 3
    told = json.render([found]) + html.render([found])
    assert not re.search("Jane|Zoe|asked", told)
