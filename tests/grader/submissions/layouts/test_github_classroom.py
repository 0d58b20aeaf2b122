"""Repositories of GitHub Classroom, and the logins in their names."""

import pytest

from grader.submissions.layouts.github_classroom import logins


@pytest.mark.parametrize(
    ("repositories", "known", "found"),
    [
        (
            ["affine-octo-ana", "affine-benoak99"],
            {"octo-ana", "benoak99"},
            {"affine-octo-ana": ("octo-ana",), "affine-benoak99": ("benoak99",)},
        ),
        (
            ["week-3-ana", "week-3-ben", "week-3-template"],
            {"ana", "ben"},
            {"week-3-ana": ("ana",), "week-3-ben": ("ben",)},
        ),
        (["affine-octo-ana", "affine-ana"], {"ana"}, {"affine-ana": ("ana",)}),
        (["affine-octo-ana"], {"octo-ana", "ana"}, {"affine-octo-ana": ("octo-ana", "ana")}),
        (["affine-ana", "ben", "zoe"], {"ana"}, {}),
        (["jane-doe", "john-doe"], {"doe"}, {}),
        (["affine"], {"affine"}, {}),
        ([], set(), {}),
    ],
    ids=[
        *("two logins", "hyphens in the assignment", "the assignment is the same for everybody"),
        *("two fit", "most have no assignment", "two different beginnings", "no hyphen", "empty"),
    ],
)
def test_a_login_is_what_follows_the_assignment(repositories, known, found):
    """The assignment is the same for most of the class, and the roster knows the login.

    github/gh-classroom#29 and github-education-resources/classroom-assistant#118: instructors
    rename thirty folders by hand, as nobody is known by the name of a repository.
    """
    assert logins(repositories, known.__contains__) == found
