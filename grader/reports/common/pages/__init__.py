"""Templates of self-contained HTML pages, with embedded style and script."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from jinja2 import Environment, Template

__all__ = ["template"]


@cache
def _environment() -> "Environment":
    # Here, because every command imports this module, and few write a page.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("grader.reports.common", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def template(name: str, style: str, script: str = "") -> "Template":
    """Return the template of a page.

    Parameters
    ----------
    name, style : str
        Names of the HTML and CSS files in this folder.
    script : str, default ""
        Name of the JavaScript file, if any.

    Returns
    -------
    jinja2.Template
        Template with the globals `style`, `script`, and `policy`, a Content-Security-Policy that
        allows these two and nothing else. All other values are escaped.
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
