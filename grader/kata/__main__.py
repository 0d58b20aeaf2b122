"""The command ``kata``."""


def main() -> None:
    """Run a command."""
    from grader.kata.cli import main

    main()


if __name__ == "__main__":
    main()
