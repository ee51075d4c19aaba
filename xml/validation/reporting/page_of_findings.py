"""The findings on the page of a report: equal ones in one block, its first places with the lines of the file."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from domain.findings import Finding, Place
from validation.reporting.described import DescribedFinding, described
from validation.reporting.grouping import Group, grouped
from validation.reporting.lines_around import ShownLine, lines_around, stretch_around
from validation.reporting.markup import Markup, element, joined
from validation.reporting.sentences import said_of
from validation.reporting.words import Words

_WIDTH = 160
GROUPS = 200
PLACES_WITH_LINES = 3
PLACES = 20
"""How many groups a page holds, how many places of each with their lines, and how many at all."""


def stretches_on_page(findings: tuple[Finding, ...]) -> list[tuple[int, int]]:
    """Which stretches of the file the page reads for its lines: from which byte to before which one.

    *findings* are in the order of the file; a file that is kept far away need not be fetched whole.
    """
    shown = (finding for group in grouped(findings)[:GROUPS] for finding in group.findings[:PLACES_WITH_LINES])
    return [stretch_around(finding.place) for finding in shown if finding.place is not None]


class FindingsOnPage:
    """Writes groups.

    *capped*: by code, how many there are of a code that has more than are kept in detail. *content* is the checked
    file, none when its lines are not to be shown.
    """

    def __init__(
        self, words: Words, *, capped: Mapping[str, int], parts_at: Mapping[int, str], content: BinaryIO | None
    ):
        self._words = words
        self._capped = capped
        self._parts_at = parts_at
        self._content = content

    def blocks(self, groups: tuple[Group, ...]) -> Iterator[Markup]:
        if not groups:
            yield element("p", self._words("page", "nothing"))
        yield from (self._block(group) for group in groups[:GROUPS])
        if len(groups) > GROUPS:
            yield element("p", self._words("page", "more_groups", count=len(groups) - GROUPS))

    def _block(self, group: Group) -> Markup:
        words = self._words
        said = said_of(group.spoken, words.language)
        first = self._described(group.findings[0])
        hints = {self._described(finding).hint for finding in group.findings[:PLACES]}
        hint = first.hint if len(hints) == 1 else None
        shown, others = group.findings[:PLACES_WITH_LINES], group.findings[PLACES_WITH_LINES:PLACES]
        return element(
            "section",
            self._label(group, first.spec_key),
            element("h3", said.message),
            element("p", joined(element("b", hint))) if hint else None,
            element("p", said.advice, class_="advice"),
            element("ul", *(self._place(finding) for finding in shown), class_="places"),
            self._others(others, len(group.findings) - PLACES) if others else None,
            class_=f"group {group.severity}",
        )

    def _label(self, group: Group, spec_key: str | None) -> Markup:
        words, count = self._words, len(group.findings)
        facts = [words("page", "once") if count == 1 else words("page", "times", count=count)]
        if group.code in self._capped:
            facts.append(words("page", "of_code", count=self._capped[group.code]))
        if spec_key:
            facts.append(spec_key)
        return element(
            "p",
            element("b", words("severity", group.severity)),
            element("code", group.code),
            "".join(f" · {fact}" for fact in facts),
            class_="label",
        )

    def _place(self, finding: Finding) -> Markup:
        words, place = self._words, finding.place
        about = words.about(finding)
        first_path = self._described(finding).first_path
        return element(
            "li",
            element("p", element("b", words.place(finding)), f" · {about}" if about else None, class_="where"),
            self._lines(place),
            element("p", _path(place.path), class_="soft") if place is not None else None,
            element("p", words("page", "stands_also"), " ", _path(first_path), class_="soft") if first_path else None,
        )

    def _lines(self, place: Place | None) -> Markup | None:
        lines = () if self._content is None or place is None else lines_around(self._content, place, width=_WIDTH)
        if not lines:
            return None
        return element("pre", *(element("span", element("i", line.number), _marked(line)) for line in lines))

    def _others(self, findings: tuple[Finding, ...], more: int) -> Markup:
        words = self._words
        named = ", ".join(
            f"{finding.place.line}:{finding.place.column}" for finding in findings if finding.place is not None
        )
        rest = f" … {words('page', 'more_places', count=more)}" if more > 0 else ""
        return element("p", f"{words('page', 'further')} {named}{rest}", class_="soft")

    def _described(self, finding: Finding) -> DescribedFinding:
        return described(finding, self._words.language, self._parts_at)


def _path(path: str) -> Markup:
    """It may break before each step."""
    return element(
        "code", *(joined(Markup("<wbr>/") if index else None, step) for index, step in enumerate(path.split("/")))
    )


def _marked(line: ShownLine) -> Markup:
    if line.begin is None or line.end is None or line.begin == line.end:
        return joined(line.text)
    text = line.text
    return joined(text[: line.begin], element("mark", text[line.begin : line.end]), text[line.end :])
