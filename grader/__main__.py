"""The command ``grader``.

It imports nothing yet: each process that judges beside others imports this module, too.
"""


def main() -> None:
    """Run a command."""
    from grader.cli import main

    main()


if __name__ == "__main__":
    main()
