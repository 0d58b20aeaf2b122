"""GitHub Classroom: repositories ``affine-octo-ana``, named after the assignment and the login.

Both may contain hyphens, so that only the roster tells where a login begins. The assignment is the
same for everybody: what stands before a login is one only if most of the class has it.
"""

from collections import defaultdict
from collections.abc import Collection

from grader.roster.roster import plain


def logins(repositories: Collection[str], known: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the logins that repositories are named after.

    Parameters
    ----------
    repositories : collection of str
        Names of the folders of the class.
    known : collection of str
        Logins on the roster, and the names of its groups.

    Returns
    -------
    dict of str to tuple of str
        Logins by name of the repository; several if the roster does not decide between them.
        Repositories that end in no login are left out.
    """
    of_roster = set(map(plain, known)) - {""}
    found: dict[str, dict[str, str]] = defaultdict(dict)
    shared: dict[str, int] = defaultdict(int)
    for repository in repositories:
        parts = repository.split("-")
        for number in range(1, len(parts)):
            assignment, login = "-".join(parts[:number]), "-".join(parts[number:])
            shared[assignment] += 1
            if plain(login) in of_roster:
                found[assignment][repository] = login
    usual = {one: names for one, names in found.items() if 2 * shared[one] > len(repositories)}
    most = max(map(len, usual.values()), default=0)
    assignments = [one for one, names in usual.items() if len(names) == most]
    return {
        repository: logins
        for repository in repositories
        if (logins := tuple(usual[o][repository] for o in assignments if repository in usual[o]))
    }
