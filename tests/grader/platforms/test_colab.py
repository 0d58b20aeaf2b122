"""Each exercise can be opened on Colab, if the course has a repository on GitHub."""

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest

from grader.course.settings import find_course
from grader.messages.language import speaking
from grader.platforms.colab import with_colab
from grader.release.bundle import bundle
from grader.release.files import MANIFEST, hash_of
from grader.release.update import write_folder

ADDRESS = "https://colab.research.google.com/github/ada/nets/blob/HEAD/notebooks/"
STUB = "exercises/03_affine/affine.py"


def course_at(root, repository):
    """A course of two exercises that says where it will be."""
    settings = root / "pyproject.toml"
    text = settings.read_text("utf-8")
    line = (
        f'[tool.kata]\nrepository = "{repository}"\nexercises = ["02_activations", "03_affine"]\n'
    )
    settings.write_text(text.replace("[tool.kata]\n", line), "utf-8")
    return find_course(root)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A course in a folder of its own."""
    root = tmp_path_factory.mktemp("colab") / "course"
    write_folder(bundle(find_course(Path(__file__))), root)
    return root


@pytest.fixture
def course(plain, tmp_path):
    """A course with a repository."""
    root = tmp_path / "course"
    shutil.copytree(plain, root)
    return course_at(root, "https://github.com/ada/nets.git")


def test_each_lesson_links_to_a_notebook_that_is_there_in_both_languages(course):
    """Under its title, and in the manifest by which an update knows what was handed out."""
    files = with_colab(course, bundle(course))
    manifest = json.loads(files[MANIFEST])
    for exercise in course.exercises:
        for ending, words in (("", "Open it on Colab"), (".zh-CN", "在Colab中打开")):
            lesson = files[f"exercises/{exercise.name}/README{ending}.md"].decode()
            title, link = re.findall(r"^(?:# |\[).*", lesson, re.M)[:2]
            notebook = f"{exercise.name}{ending}.ipynb"
            assert title.startswith("# ")
            assert link == f"[{words}]({ADDRESS}{notebook})"
            content = files[f"notebooks/{notebook}"]
            assert manifest[f"notebooks/{notebook}"] == hash_of(content)
            cells = nbformat.reads(content.decode(), 4).cells
            assert 'COURSE = "https://github.com/ada/nets.git"' in cells[2].source
            assert [f"%%kata {exercise.name}" in cell.source for cell in cells].count(True) >= 1
            assert ADDRESS not in content.decode()
    assert "%kata notebook 03_affine" in files["notebooks/02_activations.ipynb"].decode()


def test_no_work_of_whoever_releases_is_in_a_notebook(course):
    """The stub is, as it was handed out."""
    before = with_colab(course, bundle(course))
    stub = course.root / STUB
    stub.write_text(stub.read_text("utf-8") + "\nSECRET = 1\n", "utf-8")
    assert with_colab(course, bundle(course)) == before
    assert "# TODO" in before["notebooks/03_affine.ipynb"].decode()


def test_the_bundle_of_a_bundle_is_the_same(course, tmp_path):
    """With its links and notebooks."""
    files = with_colab(course, bundle(course))
    write_folder(files, tmp_path / "again")
    again = find_course(tmp_path / "again")
    assert with_colab(again, bundle(again)) == files


@pytest.mark.parametrize("repository", ["", "https://gitlab.com/ada/nets", "../course"])
def test_elsewhere_than_on_github_nothing_is_added(plain, tmp_path, repository):
    """Colab opens notebooks from there only."""
    root = tmp_path / "course"
    shutil.copytree(plain, root)
    course = course_at(root, repository)
    files = bundle(course)
    assert with_colab(course, files) == files


def test_the_language_is_as_before(course):
    """Of messages that follow."""
    with speaking("zh-CN"):
        files = with_colab(course, bundle(course))
    assert files == with_colab(course, bundle(course))
