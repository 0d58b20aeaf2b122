"""Headers of columns, as platforms write them."""

import pytest

from grader.roster.headers import understand


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("github_username,roster_identifier,submission_timestamp", "id id time"),
        ("First Name,Last Name,SID,Email,Submission Time", "first last id email time"),
        ("Vollständiger Name,E-Mail-Adresse,Zuletzt geändert (Abgabe)", "name email time"),
        (
            "Nom complet,Adresse de courriel,Dernière modification (travail remis)",
            "name email time",
        ),
        ("Nombre completo,Dirección de correo,Última modificación (entrega)", "name email time"),
        ("フルネーム,メールアドレス,最終更新日時 (提出)", "name email time"),
        ("姓名,电子邮件地址,最后修改（学生）", "name email time"),
    ],
)
def test_usual_headers_are_known(header, roles):
    """Of GitHub Classroom, Gradescope, and Moodle in several languages."""
    assert [one.role for one in understand(header.split(","))] == roles.split()


@pytest.mark.parametrize("header", ["Last modified (grade)", "Zuletzt geändert (Bewertung)", "x"])
def test_other_headers_are_not(header):
    """When a mark was set is not when the work was handed in."""
    assert understand([header]) == ()
