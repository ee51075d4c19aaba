"""The canonical spelling of a policy file: the same lines in the same order, each rule and comment written one way.

What spreadsheets and hands add goes away: byte order mark, semicolons, quotes, padding, capitals, other line ends. So a
colleague's edit shows as the lines that he changed, and nothing else.
"""

from authz.rules import PolicyRules

_MOST_BLANK_LINES = 2
_PADDING = " \t,;"
"""What a spreadsheet leaves behind a comment: the separators of its empty columns."""


def canonical(rules: PolicyRules) -> str:
    """The text of the file that *rules* were read from; reading it gives the same rules, on other lines."""
    texts = {rule.line: rule.text for rule in (*rules.actions, *rules.grants, *rules.repeats)}
    texts |= {comment.line: comment.text.rstrip(_PADDING) for comment in rules.comments}
    lines: list[str] = []
    last = 0
    for line, text in sorted(texts.items()):
        blank = min(line - last - 1, _MOST_BLANK_LINES) if lines else 0
        lines += [*[""] * blank, text]
        last = line
    return "".join(f"{line}\n" for line in lines)
