"""What is read of messages, for tests that are about the words."""


def told(texts):
    """Texts in English, of which some are messages."""
    return tuple(map(str, texts))
