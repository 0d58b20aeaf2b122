"""What may be read of one submission: a single account for its folders and archives together.

Everything is charged here before it is decoded, scanned or parsed, so that no submission takes
more of the reader's time and memory than the account holds, whatever it is packed in.
"""

from grader.course.limits import Limits
from grader.messages.escaping import shown
from grader.messages.message import Text, english
from grader.submissions.code_files import may_be_notebook
from grader.submissions.file_tree import MAX_OTHERS, FileTree, Unreadable

MAX_MODULES = 16  # how many modules of the maximum size the code may fill
MAX_GUESSES = 20  # of encodings, each of which takes ten milliseconds
MAX_TOKENS = 300_000  # of notebooks: each may take a hundred bytes, or two microseconds


class OverBudget(Unreadable):
    """The whole submission is too large, not only one of its files."""


class UnpackBudget:
    """What may still be unpacked of one submission, or of the archive of a class.

    Parameters
    ----------
    max_files : int
        Maximum number of files.
    max_bytes : int
        Maximum total size of the files, unpacked; for a .tar.gz, of the unpacked stream.
    """

    def __init__(self, max_files: int, max_bytes: int) -> None:
        self.max_files = max_files
        self.max_bytes = max_bytes
        self.members = max_files + MAX_OTHERS
        self._bytes = max_bytes

    @property
    def max_members(self) -> int:
        """Number of members, files that are left out and folders included, at the beginning."""
        return self.max_files + MAX_OTHERS

    def charge_members(self, number: int) -> None:
        """Charge members of an archive, also those that are left out later."""
        self.members -= number
        if self.members < 0:
            raise Unreadable(english("has too many files: hand in only those that you wrote"))

    def charge_bytes(self, number: int) -> None:
        """Charge bytes that are unpacked, or will be."""
        self._bytes -= number
        if self._bytes < 0:
            raise Unreadable(tell_size(self.max_bytes))


class Budget:
    """What may still be read of one submission.

    Parameters
    ----------
    limits : Limits
        Size limits of a submission.

    Attributes
    ----------
    unpacked : UnpackBudget
        What may still be unpacked.
    packed : int
        Total size of the archives that may still be opened, in bytes.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.unpacked = UnpackBudget(limits.files, limits.unpacked_mib << 20)
        self.packed = limits.unpacked_mib << 20
        self._files = limits.files
        self._code = self.max_code
        self._tokens = MAX_TOKENS
        self._guesses = MAX_GUESSES

    @property
    def max_code(self) -> int:
        """Maximum number of characters of code in all files and notebooks together."""
        return MAX_MODULES * self.limits.source_kib << 10

    def most_of(self, path: str) -> int:
        """Return the maximum size of a file of code, in bytes."""
        is_large = may_be_notebook(path)
        return self.limits.notebook_mib << 20 if is_large else self.limits.source_kib << 10

    def charge_files(self, number: int) -> None:
        """Charge files of any type, in a folder or an archive."""
        self._files -= number
        if self._files < 0:
            raise OverBudget(
                english(
                    "has {number:,} files, where {most:,} are allowed: "
                    "hand in only those that you wrote",
                    number=self.limits.files - self._files,
                    most=self.limits.files,
                )
            )

    def charge_archive(self, size: int) -> None:
        """Charge an archive before it is opened."""
        if size > self.packed:
            raise Unreadable(tell_size(self.limits.unpacked_mib << 20))
        self.packed -= size

    def check_code(self, tree: FileTree, paths: list[str]) -> None:
        """Check the total size of the files of code before any of them is opened.

        A file that is too large by itself is not counted: it is not opened at all.

        Parameters
        ----------
        tree : FileTree
            The submission.
        paths : list of str
            Its Python files and notebooks.
        """
        sizes = {path: tree.size_of(path) for path in paths}
        sizes = {path: size for path, size in sizes.items() if size <= self.most_of(path)}
        modules = {path: size for path, size in sizes.items() if not may_be_notebook(path)}
        for counted, most in ((sizes, self.limits.code_mib << 20), (modules, self.max_code)):
            if sum(counted.values()) > most:
                raise OverBudget(_tell_code(counted, most))
        self._code -= sum(modules.values())

    def charge_code(self, number: int) -> None:
        """Charge characters of code that may be one module, before they are scanned."""
        if number > self.limits.source_kib << 10:
            raise Unreadable(
                english(
                    "has more than {number:,} characters of code: hand in only your own",
                    number=self.limits.source_kib << 10,
                )
            )
        self._code -= number
        if self._code < 0:
            raise OverBudget(
                english(
                    "has more than {number:,} characters of code: hand in only your own",
                    number=self.max_code,
                )
            )

    def charge_tokens(self, number: int) -> None:
        """Charge what parsing a notebook takes: values of its JSON, and signs in its code."""
        self._tokens -= number
        if self._tokens < 0:
            raise Unreadable(
                english(
                    "is too large: clear its outputs, and hand in only your own code (it has more "
                    "than {number:,} values, brackets and lines, the most of one submission)",
                    number=MAX_TOKENS,
                )
            )

    def may_guess(self) -> bool:
        """Charge a guess of the encoding of a file, and return whether it may be made."""
        self._guesses -= 1
        return self._guesses >= 0


def tell_size(max_bytes: int) -> Text:
    """Return the error for an archive that is too large."""
    return english(
        "has more than {number:,} bytes unpacked: hand in only the files that you wrote",
        number=max_bytes,
    )


def _tell_code(sizes: dict[str, int], most: int) -> Text:
    largest = max(sizes, key=lambda path: sizes[path])
    return english(
        "has {number:,} bytes of code and notebooks, where {most:,} are allowed (the largest is "
        "{path}, with {size:,}): clear the outputs of notebooks, "
        "and hand in only the files that you wrote",
        number=sum(sizes.values()),
        most=most,
        path=shown(largest),
        size=sizes[largest],
    )
