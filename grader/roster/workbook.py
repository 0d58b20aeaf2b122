"""Reads the table of an Excel workbook (.xlsx) as the text of a CSV file."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from grader.errors import RosterError

MAX_UNPACKED = 1 << 28  # bytes of all parts of a workbook
MAX_CELLS = 1_000_000
_SIGNATURES = {b"PK\3\4": True, b"\xd0\xcf\x11\xe0": False}  # .xlsx, and the older .xls


def is_workbook(content: bytes) -> bool:
    """Return whether a file was written by a spreadsheet, whatever its name is."""
    return content[:4] in _SIGNATURES


def text_of(path: Path, content: bytes) -> str:
    """Return the first sheet of a workbook that is not empty, as CSV with commas.

    Parameters
    ----------
    path : Path
        The file, for error messages.
    content : bytes
        Content of the file.

    Raises
    ------
    RosterError
        If the file is no .xlsx workbook, openpyxl is not installed, or the sheet is too large.
    """
    if not _SIGNATURES[content[:4]]:
        raise RosterError(f"{path}: expected .xlsx or CSV, found .xls. Save it as .xlsx")
    try:
        import openpyxl  # an optional dependency
    except ImportError:
        raise RosterError(
            f"{path} is an Excel workbook, for which openpyxl is needed: "
            'python -m pip install -e ".[excel]". Or save it as "CSV UTF-8"'
        ) from None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(one.file_size for one in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise RosterError(f"{path}: expected a roster, found a workbook of {unpacked:,} bytes")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheets = (_rows(path, sheet) for sheet in book.worksheets)
        rows = next((found for sheet in sheets if any(found := list(sheet))), [])
    except RosterError:
        raise
    except Exception as error:  # openpyxl raises errors of many kinds for a damaged file
        raise RosterError(
            f"{path}: expected an Excel workbook (.xlsx), found a file that cannot be read "
            f"({type(error).__name__}). Save it again, or as CSV"
        ) from None
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _rows(path: Path, sheet: Any) -> Iterator[list[str]]:
    """Yield the rows of a sheet, so that line numbers are those of the sheet."""
    number = 0
    for row in sheet.iter_rows(values_only=True):
        number += len(row)
        if number > MAX_CELLS:
            raise RosterError(f"{path}: expected a roster, found more than {MAX_CELLS:,} cells")
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # Excel has no whole numbers
    return str(cell)
