"""The secret of a course, which the hidden inputs are drawn from."""

import os
import re
import secrets
from pathlib import Path

from platformdirs import user_data_path

from grader.errors import CommandError
from grader.files import create_atomically

_FORM = re.compile(r"[0-9a-f]{64}")


class SecretError(CommandError):
    """There is a file, but no secret in it, or it is none any more."""


def default_secret_file() -> Path:
    """Where the secret lies if nobody says anything else: in the user's data folder."""
    return user_data_path("backprop-kata") / "secret"


def read_secret(path: Path) -> str:
    """Read the secret; make it on first use.

    Parameters
    ----------
    path : Path
        Its file. Only its owner may read it.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    SecretError
        If it cannot be read or made, others may read it, or something else is in it.
    """
    try:
        if not path.exists():
            _make(path)
        return _read(path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SecretError(f"{path}: the secret cannot be read or made there: {reason}") from None


def _read(path: Path) -> str:
    if not path.is_file():  # a pipe would keep us waiting
        raise SecretError(f"{path}: expected a file with a secret, found something else")
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if os.name == "posix" and status.st_mode & 0o077:
            raise SecretError(
                f"{path}: the secret may be read by others (mode {status.st_mode & 0o777:o}); "
                f"say `chmod 600 {path}`, and think of who may have read it already"
            )
        content = file.read(100).decode("ascii", "replace").strip()
    if not _FORM.fullmatch(content):
        raise SecretError(
            f"{path}: expected 64 hexadecimal digits, found something else; name another file, "
            "and if that does not exist yet, a secret is made in it"
        )
    return content


def _make(path: Path) -> None:
    """Make it all at once: two graders that begin together end up with the same one."""
    if path == default_secret_file():
        path.parent.mkdir(parents=True, exist_ok=True)
    create_atomically(path, f"{secrets.token_hex(32)}\n".encode(), 0o600, durable=True)
