"""The code of a module, as it was handed in."""

import json

from grader.worker.source import Source, plain_source, source_from


def test_a_file_is_run_in_one_part_under_its_own_name():
    """As a traceback shows it; also where there is nothing in it."""
    assert dict(Source("affine.py", "x = 1\n").parts()) == {"affine.py": "x = 1\n"}
    assert dict(Source("affine.py", "").parts()) == {"affine.py": ""}


def test_a_notebook_is_run_cell_by_cell_in_their_order():
    """Each under the number that Jupyter gives it; an empty one keeps its number."""
    parts = Source("hw.ipynb", "", cells=("a = 1", "", "b = 2")).parts()
    assert list(parts.items()) == [
        ("hw.ipynb cell 1", "a = 1"),
        ("hw.ipynb cell 2", ""),
        ("hw.ipynb cell 3", "b = 2"),
    ]


def test_the_same_code_is_the_same_source():
    """It is compared, and looked up, by all that is in it."""
    one, same = (Source("f.py", "x = 1", cells=("a",)) for _ in range(2))
    assert one == same
    assert len({one, same, Source("f.py", "x = 1"), Source("g.py", "x = 1", cells=("a",))}) == 3
    assert Source("f.py", "x = 1") != Source("f.py", "x = 1", exported=True)


def test_a_source_crosses_to_a_worker_as_it_is():
    """As JSON."""
    for source in (Source("f.py", "x", "why", ("a", "b")), Source("f.py", "x", exported=True)):
        assert source_from(json.loads(json.dumps(plain_source(source)))) == source
