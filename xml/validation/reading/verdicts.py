"""What the schema says of texts that it is shown apart from their file, many of them in one small document.

Only of elements of which it says the same wherever they stand: wrong performance lines, whose texts are shown once and
what was said of them remembered, and heads of parts in which only values are wrong.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from validation.cutting.scanning import MOST_SIBLINGS
from validation.frame import Frame, Slice, framed
from validation.places.positions import Origin
from validation.places.tree_places import name_in_path, offsets_of_texts, starts_of_tags
from validation.places.walking import step
from validation.reading.spelled import NotCanonical
from validation.reading.trees import PartHead, elements_of_parts, has_more_siblings, read_part_head
from validation.schema.compiled import errors_of, parse
from validation.schema.diagnosis import Element, code_of, diagnose
from validation.schema.faults import Tree, primary
from validation.vocabulary import EMPLOYEE, EMPLOYMENT, FILE, NAMESPACE, PART, PROMOTOR

MOST_CHARACTERS = 1_000_000
"""Texts and what was said of them are remembered up to so many; then all are forgotten."""
_OF_A_VIOLATION = 500
_LINES_OF_ONE = 40
"""The schema takes the square of the errors under one parent."""
_AT_ONCE = 2_000
_MOST_PREFIXES = 4


class Violation(NamedTuple):
    """An error *at* an offset of the text: where its element begins, or a text that may not stand in that element.

    *path* leads to the element from the text's own element.

    The others are those of a `validation.schema.diagnosis.Diagnosis`. Where nobody wants the details, only the code is
    known, and *field* is empty.
    """

    code: str
    field: str
    value: str | None
    expected: str | None
    at: int
    path: str


Verdict = tuple[Violation, ...]
IsTold = Callable[[str], bool]


class Verdicts:
    """Under one prefix; what is shown is ASCII and has no other prefix."""

    def __init__(self, prefix: str) -> None:
        declared = f":{prefix[:-1]}" if prefix else ""
        self._frame = Frame(
            f'<{prefix}{FILE} xmlns{declared}="{NAMESPACE}" schemaVersie="1.0">'.encode(), f"</{prefix}{FILE}>".encode()
        )
        self._promotor = f"<{prefix}{PROMOTOR}>".encode()
        self._part = f'<{prefix}{PART} statusAanlevering="1">'.encode()
        self._part_end = f"</{prefix}{PART}>"
        self._somebody_begins = (
            f"<{prefix}{EMPLOYEE}><{prefix}INSZ>00000000000</{prefix}INSZ>"
            f'<{prefix}{EMPLOYMENT} volgnr="1" begin="2000-01-01"><{prefix}Arbeidsregime Q="1.00" S="1.00"/>'
        )
        self._somebody_ends = f"</{prefix}{EMPLOYMENT}></{prefix}{EMPLOYEE}>"
        self._remembered = 0
        self._of_lines: dict[str, Verdict] = {}

    def of_lines(self, texts: Iterable[str], is_told: IsTold) -> dict[str, Verdict]:
        """By text of a whole line; *is_told* answers whether details of a code are wanted. Raises `NotCanonical`."""
        said: dict[str, Verdict] = {}
        new: list[str] = []
        for text in dict.fromkeys(texts):
            known = self._of_lines.get(text)
            if known is None or not all(each.field or not is_told(each.code) for each in known):
                new.append(text)
            else:
                said[text] = known
        for first in range(0, len(new), _AT_ONCE):
            some = new[first : first + _AT_ONCE]
            said |= zip(some, self._show_lines(some, is_told), strict=True)
        self._remember({text: said[text] for text in new})
        return said

    def of_heads(self, texts: Sequence[str], is_told: IsTold) -> list[tuple[Verdict, PartHead | None]]:
        """Of start tags of parts with all that stands before their employees, and what can be read of each.

        The number of the promotor means nothing. Raises `NotCanonical`.
        """
        if not texts:
            return []
        shown = [text + self._part_end for text in texts]
        root, said = self._show(shown, shown, (self._promotor,), is_told)
        heads = [read_part_head(promotor, part) for _, promotor, part in elements_of_parts(root)]
        if len(heads) != len(texts):
            raise NotCanonical
        return list(zip(said, heads, strict=True))

    def _show_lines(self, texts: Sequence[str], is_told: IsTold) -> list[Verdict]:
        shown: list[str] = []
        for first in range(0, len(texts), _LINES_OF_ONE):
            shown += (self._somebody_begins, *texts[first : first + _LINES_OF_ONE], self._somebody_ends)
        return self._show(shown, texts, (self._promotor, self._part), is_told)[1]

    def _show(
        self, shown: Sequence[str], texts: Collection[str], opened: tuple[bytes, ...], is_told: IsTold
    ) -> tuple[Element, list[Verdict]]:
        """The root of a document that consists of *shown*, and what is said of those of them that are *texts*."""
        data = "".join(shown).encode("ascii")
        slice_ = Slice(Origin(), len(data), opened, left_open=opened)
        document, at = framed(self._frame, slice_, data)
        try:
            root = parse(document)
        except etree.XMLSyntaxError as error:
            raise NotCanonical from error
        if has_more_siblings(root, MOST_SIBLINGS):
            raise NotCanonical
        wanted = set(texts)
        begins: list[int] = []
        for text in shown:
            if text in wanted:
                begins.append(at)
            at += len(text)
        return root, _violations(root, document, begins, list(map(len, texts)), is_told)

    def _remember(self, new: dict[str, Verdict]) -> None:
        more = sum(len(text) + _OF_A_VIOLATION * len(verdict) for text, verdict in new.items())
        if more > MOST_CHARACTERS:
            return
        self._remembered += more
        if self._remembered > MOST_CHARACTERS:
            self._of_lines.clear()
            self._remembered = more
        self._of_lines |= new


def _violations(
    root: Element, document: bytes, begins: Sequence[int], lengths: Sequence[int], is_told: IsTold
) -> list[Verdict]:
    """What is wrong with each text that begins in *document* at one of *begins*; raises `NotCanonical`."""
    found: list[list[Violation]] = [[] for _ in begins]
    errors = errors_of(root)
    if errors:
        tree = Tree(root)
        offsets = dict(zip(root.iter(), starts_of_tags(document), strict=True))
        texts: dict[Element, Iterator[int]] = {}
        for error in primary(errors):
            element = tree.at(error.path)
            offset = offsets[element]
            index = bisect_right(begins, offset) - 1
            own = offset - begins[index] if index >= 0 else -1
            if not 0 <= own < lengths[index]:
                raise NotCanonical
            code = code_of(error)
            if not is_told(code):
                found[index].append(Violation(code, "", None, None, own, ""))
                continue
            said = diagnose(error, element)
            path = f"/{step(*_name_and_ordinal(element))}" if own else ""
            if said.is_about_text:
                texts = texts or {each: iter(at) for each, at in offsets_of_texts(root, document, offsets).items()}
                if (at := next(texts.get(element, iter(())), None)) is None:
                    raise NotCanonical
                own = at - begins[index]
            found[index].append(Violation(said.code, said.field, said.value, said.expected, own, path))
    return [tuple(each) for each in found]


def _name_and_ordinal(element: Element) -> tuple[str, int]:
    earlier = element.itersiblings(preceding=True)
    return name_in_path(element), 1 + sum(sibling.tag == element.tag for sibling in earlier)


@lru_cache(maxsize=_MOST_PREFIXES)
def verdicts_under(prefix: str) -> Verdicts:
    """Remembered for the life of the process, under few prefixes; the prefix is one that a pattern can hold."""
    return Verdicts(prefix)
