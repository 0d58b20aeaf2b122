"""What the code of a submission imports and calls besides its own: the builtins of its modules.

An import that cannot be had does not fail where it stands. It binds a stand-in, which fails where
it is used; one of a plotting library does nothing. The worker and a learner's own pytest do the
same, so that what passes there also passes when it is graded, whatever is installed.
"""

import ast
import builtins
import linecache
import sys
import types
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from grader.messages.message import english
from grader.worker.loading.offer import Offer
from grader.worker.loading.stand_ins import Absent, Silent

PLOTTING = frozenset(
    ("matplotlib", "matplotlib_inline", "mpl_toolkits", "pylab", "seaborn", "plotly", "bokeh")
) | {"altair", "IPython", "ipywidgets"}
"""Libraries that only show something: their calls do nothing."""

_LIBRARY = sys.stdlib_module_names | {"numpy"}
_OURS = "grader"  # of which a worker has only what it runs, whatever a submission imports


class Importer:
    """The ``__import__`` of a submission's modules.

    Parameters
    ----------
    sources : iterable of str
        Names of the modules of the submission.
    offer : Offer
        What else may be imported.

    Attributes
    ----------
    offer : Offer
        The same.
    absent : dict of (str, str) to None
        What was imported and cannot be had: pairs of the learner's module and the name that it
        imports, in order. Plotting libraries are not among them.
    """

    def __init__(self, sources: Mapping[str, object], offer: Offer) -> None:
        self.offer = offer
        self.absent: dict[tuple[str, str], None] = {}
        self._own = frozenset((*sources, *offer.exercises, *offer.modules, _OURS))

    def __call__(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: tuple[str, ...] | None = (),
        level: int = 0,
    ) -> Any:
        """Import a module for an ``import`` statement; see `__import__`."""
        top = name.partition(".")[0]
        is_library = top in _LIBRARY
        if name in _DATASET and not level:
            return _DATASET[name if fromlist else top]
        if level or is_library or top in self._own:
            try:
                return _import(name, globals, locals, fromlist or (), level)
            except ImportError as error:
                # Python may have been built without what a part of its library imports: Tk.
                is_whole = str(error.name).partition(".")[0] in (top, *self._own)
                if not is_library or is_whole or _is_tried(sys._getframe(1)):
                    raise
        elif _is_tried(sys._getframe(1)):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return self._stand_in(name, bool(fromlist), str((globals or {}).get("__name__", "")))

    def _stand_in(self, name: str, is_whole: bool, importer: str) -> Any:
        """Return what the statement binds, or takes names from: the module or its first part."""
        first, *rest = name.split(".")
        if first in PLOTTING or first == "dataset":  # its pictures
            found: Any = Silent()
        else:
            self.absent[importer, name] = None

            def refuse(names: tuple[str, ...]) -> NoReturn:
                told = self.offer.tell_absent(name, names, importer)
                raise ModuleNotFoundError(told, name=first)

            found = Absent(refuse)
        for part in rest if is_whole else ():
            found = getattr(found, part)
        return found


_import = builtins.__import__


def builtins_for(importer: Importer) -> dict[str, Any]:
    """Return the builtins of a submission's modules, with those of a notebook.

    Parameters
    ----------
    importer : Importer
        Does their imports.
    """
    return {
        **vars(builtins),
        "__import__": importer,
        "display": _display,
        "get_ipython": _get_ipython,
        "input": _input,
    }


def offer_of(frame: types.FrameType) -> Offer:
    """Return what the course offers to the code of a frame."""
    found = frame.f_builtins.get("__import__")
    return found.offer if isinstance(found, Importer) else Offer()


def is_submitted(frame: types.FrameType) -> bool:
    """Return whether the code of a frame is of a module of the submission."""
    return isinstance(frame.f_builtins.get("__import__"), Importer)


def _display(*shown: object, **options: object) -> None:
    """Show nothing, in place of what a notebook shows."""


def _get_ipython() -> None:
    """Return None, as IPython's own function does outside IPython."""


def _input(prompt: object = "") -> NoReturn:
    raise EOFError(english("nobody answers input() here: use the arguments of the function"))


def load_mnist(
    normalize: bool = True, flatten: bool = True, one_hot_label: bool = False
) -> NoReturn:
    """Refuse, in place of the function of the course's dataset."""
    raise RuntimeError(
        english(
            "load_mnist is not available while your code is checked: call it in main(), "
            'below `if __name__ == "__main__":`'
        )
    )


def _dataset() -> dict[str, types.ModuleType]:
    package, module = types.ModuleType("dataset"), types.ModuleType("dataset.mnist")
    package.__dict__.update(mnist=module, load_mnist=load_mnist, __path__=[])
    module.__dict__.update(load_mnist=load_mnist)
    return {"dataset": package, "dataset.mnist": module}


_DATASET = _dataset()


def hide_the_dataset() -> None:
    """Replace `dataset` in this process by modules whose `load_mnist` raises an error."""
    sys.modules.update(_DATASET)


# An import that the code tries: if it cannot be had, the code does something else.


def _is_tried(frame: types.FrameType) -> bool:
    """Return whether the code of a frame catches the error of its current import."""
    lines = linecache.getlines(frame.f_code.co_filename)
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(
        first.lineno <= frame.f_lineno <= (last.end_lineno or last.lineno)
        for first, last in _tried_blocks(tree)
    )


def _tried_blocks(tree: ast.AST) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    """Yield the first and last statement of each block whose ImportError is caught."""
    for node in ast.walk(tree):
        caught: list[ast.expr | None] = []
        if isinstance(node, ast.Try):
            caught = [handler.type for handler in node.handlers]
        elif isinstance(node, ast.With):
            calls = (i.context_expr for i in node.items if isinstance(i.context_expr, ast.Call))
            caught = [
                one for call in calls if _name_of(call.func) == "suppress" for one in call.args
            ]
        else:
            continue
        if any(_catches(one) for one in caught):
            yield node.body[0], node.body[-1]


def _catches(kind: ast.expr | None) -> bool:
    if isinstance(kind, ast.Tuple):
        return any(map(_catches, kind.elts))
    names = ("ImportError", "ModuleNotFoundError", "Exception", "BaseException")
    return kind is None or _name_of(kind) in names


def _name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
