"""The page of all settings, written from the class itself, so that it cannot go stale."""

from typing import cast

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from server.settings import Settings, variable_of

_HEAD = """\
# Settings

Every choice of an operator is an environment variable; the defaults run the demo.
A wrong value, or a variable with our prefix that is not on this page, stops the start.
What is wrong is told in a sentence for each fault: what was found and what was expected.
Units stand in the names; paths are relative to the working folder.
In `production` the demo issuer, demo data, the IDE and anonymous introspection refuse to start.
So do debug logs, secrets that anybody would guess, trusting every address as a proxy, and SQLite on a network drive.
This page is written by `mandaat settings`; a test compares it with the code.

| variable | default | meaning |
| --- | --- | --- |
"""


def settings_page() -> str:
    """`docs/settings.md` as it should be: Markdown, one row a setting, in the order of the class."""
    rows = (
        f"| `{variable_of(name)}` | {_default(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    )
    return _HEAD + "\n".join(rows) + "\n"


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "by environment"
    if isinstance(field.default, tuple):
        words = cast("tuple[str, ...]", field.default)
        return f"`{','.join(words)}`" if words else "empty"
    return f"`{field.default}`" if str(field.default) else "empty"
