"""Collection of a hidden spec under the path of the learner's file."""

import textwrap

import pytest

from grader.course.settings import find_course
from grader.specs.collection import SpecFile, SpecItem
from grader.specs.pytest_internals import forget_modules, start_session

STUB = '''"""Doubles."""


class Unrelated:
    pass


class Double:
    def forward(self, x):
        raise NotImplementedError
'''


@pytest.fixture
def collect(tmp_path):
    """Collect the stub of an exercise whose spec has the given text."""

    def collect(spec):
        for folder in ("exercises/01_double", "tests/specs"):
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "pyproject.toml").write_text("[tool.kata]\nexercises = ['01_double']\n")
        (tmp_path / "exercises/01_double/double.py").write_text(STUB, "utf-8")
        (tmp_path / "tests/specs/test_01_double.py").write_text(textwrap.dedent(spec), "utf-8")
        forget_modules("tests.specs")
        where = ("-c", str(tmp_path / "pyproject.toml"), "--rootdir", str(tmp_path))
        plugins = ("-p", "no:terminal", "-p", "grader.pytest_plugin.plugin", "-p", "pytest_timeout")
        quiet = ("--import-mode=importlib", "--disable-plugin-autoload", *plugins)
        return start_session([*where, *quiet, str(tmp_path / "exercises/01_double")]).items

    return collect


def test_specs_are_collected_instead_of_the_learners_file(collect, tmp_path):
    """Each is an item at the learner's path; the file itself is not imported."""
    items = collect("def test_Double_a(student): pass\n\ndef test_Double_b(student): pass\n")
    assert [item.name for item in items] == ["test_Double_a", "test_Double_b"]
    assert all(isinstance(item, SpecItem) for item in items)
    (file,) = {item.parent for item in items}
    assert isinstance(file, SpecFile)
    assert file.path == tmp_path / "exercises/01_double/double.py"
    assert file.exercise == find_course(tmp_path).exercises[0]
    assert (file.count, file.withheld) == (2, 0)
    assert items[0].nodeid.endswith("double.py::test_Double_a")


def test_a_spec_is_shown_at_the_class_that_it_checks_with_its_promise(collect):
    """A spec whose name mentions no class is shown at the top of the file."""
    first, second = collect(
        '''
        def test_Double_doubles(student):
            """Double doubles."""

        def test_other(student):
            """All is well."""
        '''
    )
    assert first.reportinfo()[1:] == (STUB.splitlines().index("class Double:"), "Double doubles.")
    assert second.reportinfo()[1:] == (0, "All is well.")
    assert first.repr_failure(None) == ""


def test_each_spec_has_a_time_limit(collect):
    """It is five seconds, or the budget of the spec."""
    items = collect(
        """
        import pytest

        def test_a(student): pass

        @pytest.mark.budget(60)
        def test_b(student): pass
        """
    )
    assert [item.get_closest_marker("timeout").args for item in items] == [(5,), (60.0,)]


def test_markers_and_withheld_points_of_the_file_are_read(collect):
    """A marker of the file applies to each spec."""
    (item,) = collect(
        """
        import pytest

        pytestmark = pytest.mark.stretch
        WITHHELD_POINTS = 3

        def test_a(student): pass
        """
    )
    assert item.get_closest_marker("stretch") is not None
    assert item.parent.withheld == 3


def test_repetitions_of_a_spec_have_its_name_and_ids_of_their_own(collect):
    """As pytest-repeat makes them; inputs and hints go by the name, and the spec is one of two.

    Seen: with ``--count 2`` each promise was counted twice, and no hint was found.
    """
    items = collect(
        """
        def pytest_generate_tests(metafunc):
            metafunc.fixturenames.append("repetition")
            metafunc.parametrize("repetition", [1, 2])

        def test_Double_a(student): pass

        def test_Double_b(student): pass
        """
    )
    assert [item.name for item in items] == ["test_Double_a"] * 2 + ["test_Double_b"] * 2
    ids = [item.nodeid.partition("::")[2] for item in items[:2]]
    assert ids == ["test_Double_a[1]", "test_Double_a[2]"]
    assert items[0].parent.count == 2
    assert sorted(items, key=lambda item: item.number) == items
