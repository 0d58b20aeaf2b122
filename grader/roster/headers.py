"""The usual headers of columns in rosters and in lists about people, by what they hold."""

import re
import unicodedata

from grader.roster.csv_table import Column

# Known headers of each role, in lower case and without punctuation.
_HEADERS = {
    "name": (
        "name, student, student name, full name, fullname, participant, vollständiger name, "
        "nom complet, nombre completo, nombre completo del usuario, フルネーム, 氏名, 姓名, 全名"
    ),
    "first": "first name, firstname, first, given name, forename, vorname, prénom, nombre",
    "last": (
        "last name, lastname, last, surname, family name, nachname, nom de famille, apellidos, "
        "apellido s"
    ),
    "language": "language, lang, locale, preferred language, 语言",
    "section": "section, sections, section name, class, 班级",
    "group": (
        "group, groups, group name, team, team name, gruppe, gruppen, groupe, groupes, grupo, "
        "grupos, gruppo, gruppi, groep, groepen, grupp, ryhmä, grupa, skupina, csoport, группа, "
        "ομάδα, grup, 그룹, グループ, 小组, 群組"
    ),
    "email": (
        "email, e mail, email address, e mail address, mail, useremail, e mail adresse, "
        "adresse de courriel, adresse électronique, adresse e mail, dirección de correo, "
        "correo electrónico, dirección email, メールアドレス, "
        "邮箱, 电子邮件, 电子邮件地址, 邮件地址"
    ),
    "id": (
        "id, user id, student id, student number, id number, sis id, sis user id, sis login id, "
        "idnumber, canvas user id, integration id, sid, netid, student id number, "
        "login, login id, username, user name, identifier, 学号, matrikelnummer, "
        "github username, github login, roster identifier"
    ),
}
VALUES = {
    "time": (
        "time, handed in, handed in at, submitted, submitted at, submitted on, submission time, "
        "submission date, submission timestamp, date submitted, last modified submission, "
        "created at, timestamp, zuletzt geändert abgabe, dernière modification travail remis, "
        "dernière modification remise, última modificación entrega, última modificación envío, "
        "最終更新日時 提出, 最后修改 学生, 最后修改 提交, 提交时间"
    ),
    "until": "until, due, due at, deadline, new deadline, extended until, 截止时间",
    "exercise": "exercise, 练习",
}
"""Headers of lists with values for people, such as arrival times."""

_ROLES = {
    header: role
    for role, headers in (_HEADERS | VALUES).items()
    for header in unicodedata.normalize("NFKC", headers).split(", ")
}


def understand(header: list[str]) -> tuple[Column, ...]:
    """Return the columns whose header is known.

    Parameters
    ----------
    header : list of str
        The cells of the header.
    """
    columns = []
    for number, cell in enumerate(header):
        plain = " ".join(re.split(r"[\W_]+", unicodedata.normalize("NFKC", cell).casefold()))
        if plain.strip() in _ROLES:
            columns.append(Column(number, plain.strip(), _ROLES[plain.strip()]))
    return tuple(columns)
