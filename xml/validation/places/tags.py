"""Start tags as bytes: where one ends."""

import re

# No quote can hold a tag open for ever: a well-formed tag ends, and only well-formed ones are asked about.
_START_TAG = re.compile(rb"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")


def end_of_tag(data: bytes, offset: int) -> int:
    """The offset after the start tag that begins at *offset*; raises `ValueError` when it does not end in *data*."""
    found = _START_TAG.match(data, offset)
    if found is None:
        raise ValueError("not a whole start tag")
    return found.end()
