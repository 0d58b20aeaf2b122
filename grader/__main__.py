"""The entry point of the command ``grader``.

It imports little, because each judging process imports this module again.
"""

import sys


def main() -> None:
    """Run the command line."""
    try:
        if sys.argv[1:2] == ["grade"]:
            from grader.judging.pool import start_early

            start_early()  # the pool starts on other cores during the imports below
        from grader.cli.main import main
    except KeyboardInterrupt:  # during the imports, before the command handles it
        sys.stderr.write("\ngrader: stopped\n")
        sys.exit(2)
    main()


if __name__ == "__main__":
    main()
