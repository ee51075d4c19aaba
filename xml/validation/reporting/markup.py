"""HTML put together safely: what is not markup is escaped, and only what this module made counts as markup."""

import html


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(name: str, *content: str | int | None, **attributes: str) -> Markup:
    """An element; anything in *content* that is no `Markup` is escaped, none is left out. `class_` is `class`."""
    written = "".join(f' {key.rstrip("_")}="{html.escape(value)}"' for key, value in attributes.items())
    return Markup(f"<{name}{written}>{joined(*content)}</{name}>")


def joined(*content: str | int | None) -> Markup:
    return Markup("".join(_escaped(one) for one in content if one is not None))


def _escaped(text: str | int) -> str:
    return text if isinstance(text, Markup) else html.escape(str(text))
