"""Makes the bundle for learners: an installable project, as a folder or a zip file.

The same course gives the same bytes.
"""

import tempfile
import zipfile
from pathlib import Path

from grader.course.course import Course
from grader.errors import CourseError
from grader.files import write_atomically
from grader.release.files import MANIFEST, Files, handout, package, with_manifest
from grader.release.new_course import settings_of
from grader.release.pristine import untouched
from grader.release.update import cannot
from grader.zips import zip_entry

TABLES = r"build-system|project|tool\.setuptools|tool\.kata|tool\.pyright"

README = """\
# {name}

{description}

```console
$ python -m venv .venv
$ . .venv/bin/activate          # on Windows: .venv\\Scripts\\activate
$ pip install -e .
$ kata
```

`kata` leads through the exercises and runs the one that you are at on every save.
`pytest exercises/{first}` runs the first one by itself. Each folder in `exercises/` has a
lesson (README.md) and a file to complete.

To bring the folder that you work in up to date with a newer bundle, run
`grader release YOUR_FOLDER` inside the newer one. What you wrote is kept.
"""


def bundle(course: Course) -> Files:
    """Return the files of the bundle.

    Parameters
    ----------
    course : Course
        The instructor's course, or an unpacked bundle.

    Returns
    -------
    dict of str to bytes
        Content of each file by path, sorted. The bundle of a bundle is the same bundle.
    """
    files = handout(course, untouched(course)) | package("grader")
    files["pyproject.toml"] = settings_of(course, TABLES).encode()
    files["README.md"] = _readme(course).encode()
    license_ = course.root / "LICENSE"
    if license_.is_file():
        files["LICENSE"] = license_.read_bytes()
    return with_manifest(files)


def _readme(course: Course) -> str:
    import tomllib

    settings = course.root / "pyproject.toml"
    project = tomllib.loads(settings.read_text("utf-8")).get("project", {})
    if "name" not in project:
        raise CourseError(f"{settings}: expected [project] with a name, found none; add it")
    first = course.exercises[0].name if course.exercises else ""
    return README.format(
        name=project["name"], description=project.get("description", ""), first=first
    )


def write_zip(files: Files, path: Path) -> None:
    """Write the bundle as a zip file; the same files give the same bytes.

    Parameters
    ----------
    files : dict of str to bytes
        Content of each file by path, as `bundle` returns it.
    path : Path
        The zip file, which must not exist, or be an earlier release.

    Raises
    ------
    CourseError
        If another file of that name exists, or it cannot be written.
    """
    if path.exists() and not _is_release(path):
        raise CourseError(f"{path}: expected no file, or an earlier release, found another file")
    try:
        with tempfile.TemporaryFile(dir=path.parent) as draft:
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in files.items():
                    archive.writestr(zip_entry(f"{path.stem}/{name}"), content)
            draft.seek(0)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, draft.read())
    except OSError as error:
        raise cannot(error, path) from None


def _is_release(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(f"/{MANIFEST}") for name in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False
