"""Gradescope's export: folders ``submission_12345``, and ``submission_metadata.yml`` beside them.

Of the metadata, this reads a subset of YAML that is as Gradescope writes it: who handed in, and
when. What a learner's code printed is in the same file; as it is indented more deeply than what is
read here, it cannot be taken for a name.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from grader.roster.written_times import read_time
from grader.submissions.layouts.layout import HandedInFile, Owners, Parts, Top, are_safe

NAME = "Gradescope"
METADATA = "submission_metadata.yml"

_SUBMISSION = re.compile(r"(?P<name>[^\s:#-][^:]*|'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"):\s*")
_SETTING = re.compile(r"  :(?P<key>\w+):(?: (?P<value>.*))?")
_ABOUT_A_PERSON = re.compile(r"(?P<indent> +)(?P<first>- )?:(?P<key>\w+):(?: (?P<value>.*))?")
_ESCAPE = re.compile(r"\\(?:x(?P<two>[0-9a-fA-F]{2})|u(?P<four>[0-9a-fA-F]{4})|(?P<one>.))")


@dataclass
class _Submission:
    """What the metadata says about one submission."""

    people: list[dict[str, str]] = field(default_factory=list)
    created: str = ""

    def owners(self, path: str) -> Iterator[HandedInFile]:
        """Yield an owner for each person who handed the file in."""
        people = [one for one in self.people if any(one.values())]
        moment = read_time(self.created) if self.created else None
        names = tuple(one.get("name") or one.get("email") or one.get("sid", "") for one in people)
        for name, person in zip(names, people, strict=True):
            identifier = person.get("sid") or person.get("email") or ""
            key = f"{name}_{identifier}" if identifier not in ("", name) else name
            group = names if len(names) > 1 else ()
            yield HandedInFile(
                key,
                path,
                identifier,
                NAME,
                arrived=moment,
                group=group,
                address=person.get("email", ""),
            )


def owners_in(top: Top) -> Owners:
    """Return what finds the owners of folders in an export of Gradescope."""
    found = _read(top.text(METADATA)) if METADATA in top.names else {}

    def owners(parts: Parts) -> Sequence[HandedInFile]:
        if parts[0] not in found or not are_safe(parts):
            return ()
        # A submission that is a single file keeps its name.
        return tuple(found[parts[0]].owners("/".join(parts[1:] or parts)))

    return owners


def _read(text: str) -> dict[str, _Submission]:
    """Read the people and the time of each submission from the metadata."""
    found: dict[str, _Submission] = {}
    current = _Submission()
    inside = ""  # the setting that a line belongs to
    depth = 0  # how far the lines about a person are indented
    for line in re.split("\r?\n", text.lstrip("\ufeff")):
        if match := _SUBMISSION.fullmatch(line):
            current, inside = found.setdefault(_value(match["name"]), _Submission()), ""
        elif match := _SETTING.fullmatch(line):
            inside = match["key"]
            if inside == "created_at":
                current.created = _value(match["value"] or "")
        elif inside == "submitters" and (match := _ABOUT_A_PERSON.fullmatch(line)):
            indent = len(match["indent"]) + len(match["first"] or "")
            depth = depth if current.people else indent
            if match["first"] and indent == depth:
                current.people.append({})
            if current.people and indent == depth:
                current.people[-1][match["key"]] = _value(match["value"] or "")
    return found


def _value(text: str) -> str:
    """Return the value of a scalar: plain, in single or double quotes; other kinds are not read."""
    text = text.strip(" ")
    if text[:1] == "'" == text[-1:] and len(text) > 1:
        return text[1:-1].replace("''", "'")
    if text[:1] == '"' == text[-1:] and len(text) > 1:
        return _ESCAPE.sub(_unescaped, text[1:-1])
    return "" if text in ("~", "null") or text.startswith(("|", ">", "!", "&", "*")) else text


def _unescaped(match: re.Match[str]) -> str:
    code = match["two"] or match["four"]
    return chr(int(code, 16)) if code else match["one"]
