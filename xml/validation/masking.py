"""What may be shown of a value that was found in a file: cut short, on one line, never an INSZ whole."""

import re

from domain.identifiers import mask_insz

SHOWN_CHARACTERS = 40
# Eleven digits or more, however a person groups them: an INSZ that was typed in the wrong element is one too.
_PERSONAL_DIGITS = re.compile(r"[0-9](?:[ .\-/]{0,2}[0-9]){10,}")
_UNSHOWABLE = re.compile(r"[^ -~\u00a1-\u024f\u1e00-\u1eff\u2010-\u2027\u20ac]")
# Enough to recognise any value of the schema; a longer one is cut before anything looks at it.
_LOOKED_AT = 200


def shown(text: str, *, is_insz: bool = False) -> str:
    """*text* as a finding may carry it."""
    if is_insz:
        return mask_insz(on_one_line(text[:SHOWN_CHARACTERS]))
    masked = _PERSONAL_DIGITS.sub(lambda digits: mask_insz(digits[0]), text[:_LOOKED_AT])
    line = on_one_line(masked)
    return line if len(line) <= SHOWN_CHARACTERS else f"{line[: SHOWN_CHARACTERS - 1]}…"


def on_one_line(text: str) -> str:
    """Line breaks, control characters and what turns the direction of writing become a middle dot."""
    return _UNSHOWABLE.sub("·", text)
