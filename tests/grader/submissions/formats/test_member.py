"""An archive that is refused because of one of its members."""

import pytest

from grader.submissions.file_tree import Unreadable
from grader.submissions.formats.member import refuse


@pytest.mark.parametrize(
    ("name", "told"), [("a.py", "a.py"), ("", "''"), ("a\nb", r"'a\nb'"), ("a" * 200, "a" * 100)]
)
def test_the_member_is_named_without_harm(name, told):
    """By a name that is short and printable."""
    with pytest.raises(Unreadable) as caught:
        refuse(name, "is odd")
    assert str(caught.value).startswith(f"cannot be taken: {told}")
    assert str(caught.value).endswith(" is odd")
