"""The command ``grader``.

It imports little: each process that judges beside others imports this module, too.
"""

import sys


def main() -> None:
    """Run a command."""
    try:
        if sys.argv[1:2] == ["grade"]:
            from grader.judging.pool import start_early

            start_early()  # on other cores, while the rest is imported here
        from grader.cli.main import main
    except KeyboardInterrupt:  # before there is anybody else to tell it
        sys.stderr.write("\ngrader: stopped\n")
        sys.exit(2)
    main()


if __name__ == "__main__":
    main()
