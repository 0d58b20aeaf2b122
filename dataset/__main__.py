"""Download MNIST unless it is already here, and print the paths of its four files."""

import argparse
import sys

from dataset.files import MnistUnavailable, find_files
from dataset.language import LanguageError, chosen


def main() -> int:
    """Print the path of each file to stdout, or to stderr why they are not available.

    Returns
    -------
    int
        0 if all four files are available, else 2.
    """
    argparse.ArgumentParser(prog="python -m dataset", description=__doc__).parse_args()
    try:
        chosen()  # an invalid KATA_LANG is an error here
        files = find_files()
    except (LanguageError, MnistUnavailable) as error:
        print(error, file=sys.stderr)
        return 2
    for found in files.values():
        print(found.path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
