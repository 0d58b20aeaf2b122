"""GitHub Classroom: repositories ``affine-octo-ana``, named after the assignment and the login.

Both may contain hyphens, so that only the roster tells where a login begins. The assignment is the
same for everybody: what stands before a login is one only if most of the class has it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection


def logins(
    repositories: Collection[str], is_known: Callable[[str], bool]
) -> dict[str, tuple[str, ...]]:
    """Return the logins that repositories are named after.

    Parameters
    ----------
    repositories : collection of str
        Names of the folders of the class.
    is_known : callable
        Whether the roster has a login, or a group of this name.

    Returns
    -------
    dict of str to tuple of str
        Logins by name of the repository; several if the roster does not decide between them.
        Repositories that end in no login are left out.
    """
    found: dict[str, dict[str, str]] = defaultdict(dict)
    shared: dict[str, int] = defaultdict(int)
    for repository in repositories:
        parts = repository.split("-")
        for number in range(1, len(parts)):
            assignment, login = "-".join(parts[:number]), "-".join(parts[number:])
            shared[assignment] += 1
            if is_known(login):
                found[assignment][repository] = login
    usual = {one: names for one, names in found.items() if 2 * shared[one] > len(repositories)}
    most = max(map(len, usual.values()), default=0)
    likely = [names for names in usual.values() if len(names) == most]
    return {
        repository: tuple(names[repository] for names in likely if repository in names)
        for repository in repositories
        if any(repository in names for names in likely)
    }
