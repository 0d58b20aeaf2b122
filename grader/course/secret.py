"""Reads or creates the secret of a course, from which the hidden inputs are derived."""

import os
import re
import secrets
from pathlib import Path

from platformdirs import user_data_path

from grader.errors import CommandError
from grader.files import create_atomically

_FORM = re.compile(r"[0-9a-f]{64}")


class SecretError(CommandError):
    """The secret is missing, invalid, or readable by other users."""


def default_secret_file() -> Path:
    """Return the default path of the secret, in the user's data folder."""
    return user_data_path("backprop-kata") / "secret"


def read_secret(path: Path) -> str:
    """Read the secret, and create it on first use.

    Parameters
    ----------
    path : Path
        File of the secret, which only its owner may read.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    SecretError
        If the file cannot be read or created, other users may read it, or its content is invalid.
    """
    try:
        if not path.exists():
            _make(path)
        return _read(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SecretError(f"{path}: the secret cannot be read or made there: {reason}") from None


def _read(path: Path) -> str:
    if not path.is_file():  # reading a pipe would block
        raise SecretError(f"{path}: expected a file with a secret, found something else")
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if os.name == "posix" and status.st_mode & 0o077:
            raise SecretError(
                f"{path}: the secret may be read by others (mode {status.st_mode & 0o777:o}); "
                f"run `chmod 600 {path}`, and consider who may already have read it"
            )
        content = file.read(100).decode("ascii", "replace").strip()
    if not _FORM.fullmatch(content):
        raise SecretError(
            f"{path}: expected 64 hexadecimal digits, found something else; name another file, "
            "and if that does not exist yet, a secret is made in it"
        )
    return content


def _make(path: Path) -> None:
    """Create the file atomically, so that two graders that start together use the same secret."""
    if path == default_secret_file():
        path.parent.mkdir(parents=True, exist_ok=True)
    create_atomically(path, f"{secrets.token_hex(32)}\n".encode(), 0o600, durable=True)
