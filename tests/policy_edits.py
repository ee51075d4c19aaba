"""Writes the edited policies of `broken_edits/` and `harmless_edits/` anew from `policy.csv`, after a change of that.

    python tests/policy_edits.py

Each is the shipped policy with one edit as people make them. What must become of a broken one stands beside it in
`broken_edits/expected.csv`, written here by hand and never by running the reader. The files named `libreoffice-…` come
from a real spreadsheet: `policy_roundtrip.py`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent / "authz"
BROKEN, HARMLESS = HERE / "broken_edits", HERE / "harmless_edits"
SHIPPED = (HERE.parents[1] / "policy.csv").read_text(encoding="utf-8")
RULES = [line for line in SHIPPED.splitlines() if line and not line.startswith("#")]
"""The shipped lines without comments and blank lines: broken edits are made in these, so that they read quickly."""

DENY = "p, *, blocked, submit, deny"
ALLOW = "p, promotor, owner, submit, allow"


@dataclass(frozen=True)
class Broken:
    """A broken or dangerous edit: what becomes of it (`refused`, `warned`, `confirm`), by which code, on which line."""

    name: str
    data: bytes
    outcome: str
    code: str
    line: int | None


def instead(name: str, old: str, new: str, outcome: str, code: str, *, whole: bool = False) -> Broken:
    """One line in the place of another; *whole* when the fault is about the file and not about that line."""
    lines = list(RULES)
    place = lines.index(old)
    lines[place : place + 1] = [new] if new else []
    return Broken(name, _text(lines), outcome, code, None if whole else place + 1)


def added(name: str, line: str, outcome: str, code: str) -> Broken:
    return Broken(name, _text([*RULES, line]), outcome, code, len(RULES) + 1)


def saved(name: str, data: bytes, code: str, line: int | None) -> Broken:
    return Broken(name, data, "refused", code, line)


def broken_edits() -> Iterator[Broken]:
    """What casbin's own reader lets pass, what people mistype, and what nobody may say."""
    at = RULES.index(DENY) + 1
    whole = _text(RULES)
    # A deny that casbin reads as something else, and that then denies nothing.
    yield instead("effect-misspelt", DENY, "p, *, blocked, submit, denny", "refused", "POLICY_MISSPELT_WORD")
    yield instead("effect-yes", ALLOW, "p, promotor, owner, submit, yes", "refused", "POLICY_UNKNOWN_WORD")
    yield instead("effect-missing", DENY, "p, *, blocked, submit", "refused", "POLICY_FIELD_COUNT")
    yield instead("comment-behind-a-deny", DENY, f"{DENY} # tijdelijk", "refused", "POLICY_COMMENT_IN_RULE")
    yield instead("comment-in-a-sixth-field", DENY, f"{DENY}, # tijdelijk", "refused", "POLICY_COMMENT_IN_RULE")
    yield instead("section-p2-by-mistake", DENY, "p2, *, blocked, submit, deny", "refused", "POLICY_MISSPELT_WORD")
    yield instead("section-unknown", DENY, "p3, *, blocked, submit, deny", "refused", "POLICY_UNKNOWN_WORD")
    yield instead("section-g", DENY, "g, uploader, submitter", "refused", "POLICY_FIELD_COUNT")
    yield instead("section-missing", DENY, "*, blocked, submit, deny", "refused", "POLICY_FIELD_COUNT")
    yield instead("comment-with-slashes", DENY, f"// {DENY}", "refused", "POLICY_UNKNOWN_WORD")
    yield instead("comment-with-semicolon", DENY, f"; {DENY}", "refused", "POLICY_UNKNOWN_WORD")
    # Fields.
    yield instead("field-too-many", DENY, f"{DENY}, deny", "refused", "POLICY_FIELD_COUNT")
    yield instead("field-empty-in-the-middle", DENY, "p, , blocked, submit, deny", "refused", "POLICY_UNKNOWN_WORD")
    yield instead("field-short-line", ALLOW, "p, promotor, owner", "refused", "POLICY_FIELD_COUNT")
    yield instead("semicolons-in-one-line", DENY, "p; *; blocked; submit; deny", "refused", "POLICY_FIELD_COUNT")
    yield instead("spaces-as-separator", DENY, "p * blocked submit deny", "refused", "POLICY_FIELD_COUNT")
    yield instead("two-rules-in-a-line", DENY, f"{DENY}, {ALLOW}", "refused", "POLICY_FIELD_COUNT")
    yield instead("parenthesis-left-over", DENY, "p, *, blocked, submit), deny", "refused", "POLICY_MISSPELT_WORD")
    yield instead("quote-not-closed", DENY, 'p, *, blocked, "submit, deny', "refused", "POLICY_UNBALANCED_QUOTES")
    yield instead("quote-in-a-word", DENY, 'p, *, blocked, sub"mit, deny', "refused", "POLICY_QUOTE_IN_FIELD")
    yield instead("quotes-curly", DENY, "p, *, blocked, \u201csubmit\u201d, deny", "refused", "POLICY_NOT_ASCII")
    yield instead(
        "line-end-inside-quotes", DENY, 'p, *, blocked, "sub\nmit", deny', "refused", "POLICY_UNBALANCED_QUOTES"
    )
    # Words.
    yield instead("role-misspelt", ALLOW, "p, promotr, owner, submit, allow", "refused", "POLICY_MISSPELT_WORD")
    yield instead("role-in-dutch", ALLOW, "p, indiener, owner, submit, allow", "refused", "POLICY_MISSPELT_WORD")
    yield instead("role-a-person", ALLOW, "p, jan.peeters, owner, submit, allow", "refused", "POLICY_UNKNOWN_WORD")
    yield instead("action-in-dutch", ALLOW, "p, promotor, owner, aanbieden, allow", "refused", "POLICY_MISSPELT_WORD")
    yield instead(
        "action-with-a-space", ALLOW, "p, promotor, owner, grant mandate, allow", "refused", "POLICY_MISSPELT_WORD"
    )
    yield instead(
        "relation-and-action-swapped", ALLOW, "p, promotor, submit, owner, allow", "refused", "POLICY_UNKNOWN_WORD"
    )
    yield instead("wildcard-as-a-pattern", DENY, "p, *, blocked, sub*, deny", "refused", "POLICY_UNKNOWN_WORD")
    yield instead(
        "zero-width-space", DENY, "p, *, blocked, sub\u200bmit, deny", "refused", "POLICY_INVISIBLE_CHARACTER"
    )
    yield instead("no-break-space", DENY, "p, *, blocked,\u00a0submit, deny", "refused", "POLICY_NOT_ASCII")
    yield instead("cyrillic-letter", DENY, "p, *, bl\u043ecked, submit, deny", "refused", "POLICY_NOT_ASCII")
    yield instead("formula-of-a-spreadsheet", DENY, "p, *, blocked, #NAME?, deny", "refused", "POLICY_COMMENT_IN_RULE")
    # The file as a whole.
    yield saved("encoding-utf-16", whole.decode().encode("utf-16"), "POLICY_UTF16", 1)
    yield saved(
        "encoding-latin-1", whole + "# financiële rapporten\n".encode("latin-1"), "POLICY_NOT_UTF8", len(RULES) + 1
    )
    yield saved("empty", b"", "POLICY_EMPTY", None)
    yield saved("only-blank-rows", b",,,,\n,,,,\n", "POLICY_EMPTY", None)
    yield saved(
        "cut-before-the-grants", _text([line for line in RULES if not line.startswith("p2")]), "POLICY_EMPTY", None
    )
    yield saved("cut-inside-a-line", _text(RULES[:at])[:-6], "POLICY_FIELD_COUNT", at)
    yield saved("conflict-marks", _text([*RULES[:at], "<<<<<<< HEAD", *RULES[at:]]), "POLICY_FIELD_COUNT", at + 1)
    yield saved("old-mac-line-ends", whole.replace(b"\n", b"\r"), "POLICY_INVISIBLE_CHARACTER", 1)
    # What nobody may say.
    yield added("everything-to-everybody", "p, *, *, *, allow", "refused", "POLICY_ALLOW_FOR_ANY")
    yield added("everything-own-to-the-promotor", "p, promotor, owner, *, allow", "refused", "POLICY_ALLOW_FOR_ANY")
    yield added(
        "uploader-submits", "p, uploader, mandated_to_submit, submit, allow", "refused", "POLICY_UPLOADER_SUBMITS"
    )
    yield added(
        "uploader-reads-reports",
        "p, uploader, mandated_to_upload, read_financial_reports, allow",
        "refused",
        "POLICY_UPLOADER_READS_REPORTS",
    )
    yield added(
        "promotor-gives-the-second-mandate",
        "p2, promotor, owner, uploader, allow",
        "refused",
        "POLICY_SECOND_MANDATE_NOT_BY_HELPDESK",
    )
    yield added("auditor-decides", "p, auditor, department, decide, allow", "refused", "POLICY_AUDITOR_ACTS")
    yield added(
        "right-for-the-blocked", "p, promotor, blocked, submit, allow", "refused", "POLICY_ALLOW_ON_ADDED_RELATION"
    )
    yield added("nothing-for-anybody", "p, *, *, *, deny", "refused", "POLICY_LOCKS_ITSELF_OUT")
    yield instead(
        "nobody-mends-the-policy",
        "p, policy_administrator, department, change_policy, allow",
        "",
        "refused",
        "POLICY_LOCKS_ITSELF_OUT",
        whole=True,
    )
    # What is taken, with a warning.
    yield added("duplicate", ALLOW, "warned", "POLICY_DUPLICATE")
    yield added("shadowed", "p2, helpdesk, self, uploader, deny", "warned", "POLICY_SHADOWED")
    quality = "p, auditor, department, read_quality"
    yield Broken(
        "contradicted",
        _text([*RULES, f"{quality}, deny"]),
        "warned",
        "POLICY_CONTRADICTED",
        RULES.index(f"{quality}, allow") + 1,
    )
    yield added("impossible", "p, uploader, owner, consult, allow", "warned", "POLICY_IMPOSSIBLE_PAIR")
    yield added(
        "deny-binds-the-person",
        "p, submitter, mandated_to_submit, read_mandates, deny",
        "warned",
        "POLICY_DENY_BINDS_PERSON",
    )

    yield added("deny-too-wide", "p, auditor, *, *, deny", "confirm", "POLICY_STOPS_AUDITOR")
    # What takes away what filing needs, and comes in force only when it is confirmed.
    yield instead("promotor-no-longer-submits", ALLOW, "", "confirm", "POLICY_STOPS_PROMOTOR", whole=True)
    yield added("nobody-submits", "p, *, owner, submit, deny", "confirm", "POLICY_STOPS_PROMOTOR")
    yield instead(
        "helpdesk-no-longer-admits",
        "p, helpdesk, department, admit, allow",
        "",
        "confirm",
        "POLICY_STOPS_HELPDESK",
        whole=True,
    )
    yield added(
        "case-handlers-no-longer-decide",
        "p, case_handler, department, decide, deny",
        "confirm",
        "POLICY_STOPS_CASE_HANDLER",
    )
    yield added(
        "promotor-no-longer-gives-mandates",
        "p, promotor, owner, grant_mandate, deny",
        "confirm",
        "POLICY_STOPS_FIRST_MANDATE",
    )
    yield instead(
        "helpdesk-gives-no-uploaders",
        "p2, helpdesk, department, uploader, allow",
        "",
        "confirm",
        "POLICY_STOPS_HELPDESK",
        whole=True,
    )


def harmless_edits() -> Iterator[tuple[str, bytes]]:
    """However it was saved or laid out, it says the same."""
    for name, rewrite in _LAYOUTS.items():
        yield name, rewrite(SHIPPED).encode()
        yield f"{name}-crlf", rewrite(SHIPPED).replace("\n", "\r\n").encode()
    yield "byte-order-mark", ("\ufeff" + SHIPPED).encode()
    yield "byte-order-mark-semicolons-crlf", ("\ufeff" + _semicolons(SHIPPED)).replace("\n", "\r\n").encode()
    yield "no-line-end-at-the-end", SHIPPED.rstrip("\n").encode()
    yield "many-line-ends-at-the-end", (SHIPPED + "\n" * 20).encode()


def _each_rule(change: Callable[[list[str]], str]) -> Callable[[str], str]:
    """A rewriting of every rule, comments left alone."""

    def rewrite(text: str) -> str:
        return "\n".join(
            change([part.strip() for part in line.split(",")]) if line and not line.startswith("#") else line
            for line in text.split("\n")
        )

    return rewrite


def _semicolons(text: str) -> str:
    return _each_rule(";".join)(text)


def _without_comments(text: str) -> str:
    return "".join(f"{line}\n" for line in text.split("\n") if line and not line.startswith("#"))


def _comments_doubled(text: str) -> str:
    return "".join(f"{line}\n# nog eens, met een komma; en een puntkomma\n" for line in text.split("\n"))


_LAYOUTS: dict[str, Callable[[str], str]] = {
    "as-shipped": lambda text: text,
    "no-spaces": _each_rule(",".join),
    "aligned-columns": _each_rule(lambda parts: ", ".join(f"{part:<24}" for part in parts).rstrip()),
    "tabs": _each_rule(",\t".join),
    "spaces-before-and-after": _each_rule(lambda parts: f"   {' , '.join(parts)}   "),
    "upper-case": _each_rule(lambda parts: ", ".join(parts).upper()),
    "capitals-of-a-spreadsheet": _each_rule(lambda parts: ", ".join([parts[0].capitalize(), *parts[1:]])),
    "semicolons": _semicolons,
    "semicolons-padded": _each_rule(lambda parts: ";".join(parts) + ";;;"),
    "quoted": _each_rule(lambda parts: ",".join(f'"{part}"' for part in parts)),
    "quoted-semicolons": _each_rule(lambda parts: ";".join(f'"{part}"' for part in parts)),
    "quoted-with-spaces-inside": _each_rule(lambda parts: ",".join(f'" {part} "' for part in parts)),
    "one-field-quoted": _each_rule(lambda parts: ", ".join([*parts[:-1], f'"{parts[-1]}"'])),
    "padded-with-commas": _each_rule(lambda parts: ",".join(parts) + ",,,"),
    "blank-rows-of-commas": lambda text: text.replace("\n\n", "\n,,,,\n,,,,\n"),
    "blank-lines-between": lambda text: text.replace("\n", "\n\n"),
    "without-comments": _without_comments,
    "without-comments-sorted": lambda text: "".join(
        f"{line}\n" for line in sorted(_without_comments(text).splitlines())
    ),
    "other-order": lambda text: "\n".join(reversed(text.split("\n"))),
    "grants-first": lambda text: "\n".join(sorted(text.split("\n"), key=lambda line: not line.startswith("p2"))),
    "more-comments": _comments_doubled,
    "indented-comments": lambda text: text.replace("\n#", "\n    #"),
    "quoted-comments": lambda text: "\n".join(
        '"' + line.replace('"', '""') + '"' if line.startswith("#") else line for line in text.split("\n")
    ),
}


def _text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def expected_table() -> str:
    told = ["file,outcome,code,line"]
    told += [f"{edit.name}.csv,{edit.outcome},{edit.code},{edit.line or ''}" for edit in broken_edits()]
    return "\n".join(told) + "\n"


def files() -> dict[Path, bytes]:
    """Every file that this recipe writes."""
    broken = {BROKEN / f"{edit.name}.csv": edit.data for edit in broken_edits()}
    harmless = {HARMLESS / f"{name}.csv": data for name, data in harmless_edits()}
    return broken | harmless | {BROKEN / "expected.csv": expected_table().encode()}


if __name__ == "__main__":
    for path, content in files().items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
