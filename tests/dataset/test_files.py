"""Where the four files are looked for, and when they are valid."""

import gzip
import hashlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import platformdirs
import pytest

from dataset.files import (
    KNOWN_FILES,
    CorruptFile,
    MnistUnavailable,
    cache_folder,
    find_files,
    verified,
)

NAMES = list(KNOWN_FILES)


def contents_of(found):
    return {name: file.content for name, file in found.items()}


def put(folder, contents):
    """Write files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """The folder in MNIST_DIR, empty."""
    folder = tmp_path / "mine"
    folder.mkdir()
    monkeypatch.setenv("MNIST_DIR", str(folder))
    return folder


# Order


def test_the_users_folder_comes_before_the_cache(small, cache, mine, offer):
    """MNIST_DIR wins over the cache, and neither needs a source."""
    put(cache, small)
    put(mine, small)
    (fake,) = offer(small)
    assert {file.path.parent for file in find_files().values()} == {mine}
    assert fake.asked == []


def test_the_cache_comes_before_the_sources(small, cache, offer, connections):
    """Cached files are not fetched again: no source is asked, no host is contacted."""
    put(cache, small)
    (fake,) = offer(small)
    assert {file.path.parent for file in find_files().values()} == {cache}
    assert fake.asked == []
    assert connections == []


def test_each_source_is_asked_only_for_what_is_still_missing(small, cache, offer):
    """Files from a source that fails halfway are kept; other sources are not asked."""
    put(cache, {NAMES[0]: small[NAMES[0]]})
    first = {NAMES[1]: small[NAMES[1]]}
    broken, whole, idle = offer((first, ConnectionError("gone")), small, small)
    assert contents_of(find_files()) == small
    assert broken.asked == [NAMES[1:]]
    assert whole.asked == [NAMES[2:]]
    assert idle.asked == []


def test_what_was_fetched_is_in_the_cache_uncompressed(small, cache, offer):
    """A second call asks no source."""
    (fake,) = offer({name: gzip.compress(content) for name, content in small.items()})
    find_files()
    assert {path.name: path.read_bytes() for path in cache.iterdir()} == small
    find_files()
    assert len(fake.asked) == 1


def test_the_cache_is_in_the_users_cache_folder(monkeypatch):
    """Unless KATA_CACHE names another folder."""
    monkeypatch.delenv("KATA_CACHE", raising=False)
    assert Path(platformdirs.user_cache_dir()) in cache_folder().parents
    monkeypatch.setenv("KATA_CACHE", "elsewhere")
    assert cache_folder() == Path("elsewhere", "mnist")


# What the user has


@pytest.mark.parametrize("dotted", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_files_are_found_under_their_usual_names(small, mine, offer, dotted, packed):
    """``images-idx3`` or ``images.idx3``, with or without .gz: all are accepted."""
    (fake,) = offer({})
    for name, content in small.items():
        name = (name.replace("-idx", ".idx") if dotted else name) + (".gz" if packed else "")
        put(mine, {name: gzip.compress(content) if packed else content})
    assert contents_of(find_files()) == small
    assert fake.asked == []


def test_a_file_that_lost_its_compression_but_not_its_gz_is_taken(small, mine, offer):
    """Browsers unpack a download and keep its name."""
    offer({})
    put(mine, {f"{name}.gz": content for name, content in small.items()})
    assert contents_of(find_files()) == small


def test_what_the_users_folder_lacks_is_said_and_fetched(small, mine, offer):
    """The files of an incomplete folder are used; a warning names the missing ones."""
    put(mine, {name: small[name] for name in NAMES[:3]})
    (fake,) = offer(small)
    with pytest.warns(UserWarning, match=f"{mine.name} has no {NAMES[3]}"):
        assert contents_of(find_files()) == small
    assert fake.asked == [[NAMES[3]]]


def test_a_folder_that_does_not_exist_is_said(small, monkeypatch, offer):
    """A misspelt MNIST_DIR causes a warning."""
    monkeypatch.setenv("MNIST_DIR", "/no/such/folder")
    offer(small)
    with pytest.warns(UserWarning, match="MNIST_DIR: .*such.folder is not a folder"):
        find_files()


# Corrupt files


def spoil(content, how):
    """Damage a file in one of several ways."""
    packed = gzip.compress(content)
    return {
        "changed": content[:-1] + b"?",
        "truncated": content[:5],
        "empty": b"",
        "a web page": b"<html>404</html>",
        "truncated gzip": packed[:-12],
        "changed gzip": packed[:20] + b"????" + packed[24:],
        "other gzip": gzip.compress(b"something else"),
    }[how]


HOWS = [
    "changed", "truncated", "empty", "a web page", "truncated gzip", "changed gzip", "other gzip",
]  # fmt: skip


@pytest.mark.parametrize("how", HOWS)
def test_a_corrupt_file_in_the_cache_is_named_and_fetched_again(small, cache, offer, how):
    """The warning has the path and the expected digest; a valid file replaces it."""
    bad = spoil(small[NAMES[0]], how)
    put(cache, small | {NAMES[0]: bad})
    (fake,) = offer(small)
    with pytest.warns(UserWarning, match="Not used; looking for a valid copy") as caught:
        assert contents_of(find_files()) == small
    (message,) = [str(warning.message) for warning in caught]
    assert str(cache / NAMES[0]) in message
    assert hashlib.sha256(small[NAMES[0]]).hexdigest() in message
    if "gzip" not in how:
        assert f"got {len(bad):,} bytes with {hashlib.sha256(bad).hexdigest()}" in message
    assert fake.asked == [[NAMES[0]]]
    assert (cache / NAMES[0]).read_bytes() == small[NAMES[0]]


@pytest.mark.parametrize("how", HOWS)
def test_a_corrupt_file_of_the_user_is_named_and_left_alone(small, cache, mine, offer, how):
    """The user's file stays; a warning names it, and a valid one goes into the cache."""
    bad = spoil(small[NAMES[0]], how)
    put(mine, small | {NAMES[0]: bad})
    offer(small)
    with pytest.warns(UserWarning, match="Left unchanged") as caught:
        found = find_files()
    assert str(mine / NAMES[0]) in str(caught[0].message)
    assert found[NAMES[0]].path == cache / NAMES[0]
    assert contents_of(found) == small
    assert (mine / NAMES[0]).read_bytes() == bad


@pytest.mark.parametrize("how", HOWS)
def test_a_corrupt_download_never_reaches_the_cache(small, cache, offer, how):
    """It is refused with both digests, and the next source is tried."""
    bad = small | {NAMES[0]: spoil(small[NAMES[0]], how)}
    offer(bad)
    with pytest.raises(MnistUnavailable, match=f"expected {NAMES[0]} with SHA-256 .* got "):
        find_files()
    assert not (cache / NAMES[0]).exists()
    offer(bad, small)
    assert contents_of(find_files()) == small


def test_a_good_copy_beside_a_bad_one_is_taken(small, mine, offer):
    """A warning names the bad file; nothing is fetched, because the folder also has a valid one."""
    (fake,) = offer({})
    put(mine, {NAMES[0]: b"bad"} | {f"{name}.gz": content for name, content in small.items()})
    with pytest.warns(UserWarning, match=f"{NAMES[0]}: expected"):
        assert contents_of(find_files()) == small
    assert fake.asked == []


def test_something_else_of_that_name_is_no_crash(small, cache, mine, offer):
    """Some archives unpack to a folder with the name of the file in it."""
    put(mine, {name: small[name] for name in NAMES[1:]})
    (mine / NAMES[0]).mkdir()
    offer(small)
    with pytest.warns(UserWarning, match=NAMES[0]):
        assert find_files()[NAMES[0]].path == cache / NAMES[0]


def test_the_digests_are_those_of_mnist(mnist):
    """The digests are whole (64 digits), and one byte more is one too many."""
    assert all(len(digest) == 64 for digest in KNOWN_FILES.values())
    for name, found in find_files().items():
        assert verified(name, found.content) == found.content
        with pytest.raises(CorruptFile):
            verified(name, found.content + b"\0")


# Failures


def test_without_any_source_one_error_says_all(small, cache, mine, offer):
    """The message says why each source failed, and how to place the files by hand."""
    put(cache, {NAMES[0]: small[NAMES[0]], NAMES[1]: b"bad"})
    offer(({}, ConnectionError("line\ncut")), {})
    with pytest.warns(UserWarning, match="has no|bytes"), pytest.raises(MnistUnavailable) as caught:
        find_files()
    lines = str(caught.value).splitlines()
    assert f"3 of 4 files are not available ({', '.join(NAMES[1:])})" in lines[0]
    tried = [line.removeprefix("  - ") for line in lines if line.startswith("  - ")]
    assert tried[0] == f"MNIST_DIR: {mine} has no {', '.join(NAMES)}"
    assert tried[1].startswith(f"cache: {cache / NAMES[1]}: expected {NAMES[1]} with SHA-256")
    assert tried[2] == f"cache: {cache} has no {', '.join(NAMES[2:])}"
    assert tried[3] == "the fake: line cut"
    assert tried[4] == f"the fake: has no {', '.join(NAMES[1:])}"
    by_hand = "\n".join(lines[lines.index("  - " + tried[-1]) + 1 :])
    assert all(part in by_hand for part in [*NAMES, str(cache), "MNIST_DIR"])


def test_an_error_without_words_is_called_by_its_name(offer, small):
    """No source fails without a reason."""
    offer(({}, RuntimeError()))
    with pytest.raises(MnistUnavailable, match="the fake: RuntimeError"):
        find_files()


def test_a_cache_that_cannot_be_written_is_a_reason(small, tmp_path, offer):
    """A file in place of the folder raises only the usual error."""
    (tmp_path / "cache").write_text("not a folder")
    offer(small)
    with pytest.raises(MnistUnavailable, match=r"the fake: .*cache"):
        find_files()


def test_a_download_that_breaks_while_written_leaves_nothing(small, cache, offer, monkeypatch):
    """No partial and no temporary file remains."""

    def refuse(source, target):
        raise OSError("disk full")

    offer(small)
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(MnistUnavailable, match="the fake: disk full"):
        find_files()
    assert list(cache.iterdir()) == []


# Several processes at once

ONE_OF_MANY = """
import json, sys
from dataset import files, sources

url, digests = sys.argv[1], json.loads(sys.argv[2])
files.KNOWN_FILES = digests
sources.MIRRORS = (url,)
sources.MIRROR_ANSWER = 60.0
print(sum(len(found.content) for found in files.find_files().values()))
"""


@pytest.mark.thorough
def test_processes_that_fetch_at_the_same_time_do_not_disturb_each_other(
    small, mirrored, cache, serve, root
):
    """All of them get all files, and the cache contains nothing else."""
    count = 4
    together = threading.Barrier(count)
    met = []

    def wait_for_the_others():
        # The first request of each process waits until all are here with an empty cache.
        if len(met) < count:
            met.append(None)
            together.wait(60)

    url, requests = serve(mirrored, before=wait_for_the_others)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in small.items()}
    command = [sys.executable, "-c", ONE_OF_MANY, url, json.dumps(digests)]
    processes = [
        subprocess.Popen(command, cwd=root, text=True, stdout=subprocess.PIPE) for _ in range(count)
    ]
    outputs = [process.communicate(timeout=120)[0].strip() for process in processes]
    assert outputs == [str(sum(map(len, small.values())))] * count
    assert {path.name: path.read_bytes() for path in cache.iterdir()} == small
    assert len([path for method, path, _ in requests if method == "GET"]) == count * len(small)
