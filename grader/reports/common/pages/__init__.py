"""Pages that stand alone: style and script are in them, and nothing else is ever loaded."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

__all__ = ["template"]


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("grader.reports.common", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def template(name: str, style: str, script: str = "") -> Template:
    """A page that is still to be filled in.

    Parameters
    ----------
    name, style : str
        The files beside this one with its HTML and its CSS.
    script : str, default ""
        That with its JavaScript, if it has any.

    Returns
    -------
    jinja2.Template
        It knows `style`, `script`, and `policy`, a Content-Security-Policy that lets these two
        work and nothing else. Whatever is put into it is escaped.
    """
    css, js = _read(style), _read(script) if script else ""
    policy = (
        f"default-src 'none'; style-src {_hash(css)}; script-src {_hash(js)}; "
        "base-uri 'none'; form-action 'none'"
    )
    ours = {"style": Markup(css), "script": Markup(js), "policy": policy}
    return _environment().get_template(name, globals=ours)


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
