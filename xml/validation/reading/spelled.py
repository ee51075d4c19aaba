"""The canonical spelling under one prefix: literal texts at which a slice is cut up, patterns of what is between."""

import re

from validation.cutting.scanning import MOST_SIBLINGS
from validation.reading.spelling import SPACE, Spelling, grammar
from validation.vocabulary import EMPLOYEE, EMPLOYMENT, LINE, PART, PROMOTOR

ATTRIBUTE = re.compile(r'[ \t\r\n](\w+)="([^"]*)"')
NOBODY = "0" * 11
"""Stands for an INSZ."""
_DIGIT = re.compile("[0-9]")


class NotCanonical(Exception):
    """A parser must read it: another spelling, or a value that the schema refuses."""


class Forms:
    """The texts and patterns of parts under one prefix (with its colon, or empty)."""

    def __init__(self, prefix: str) -> None:
        spelling = Spelling(prefix, grammar())
        number = f"{SPACE}<{prefix}{PROMOTOR}>{spelling.children_before(PART, PROMOTOR)}"
        self.part_end = spelling.end_tag(PART)
        self.employee_begin = f"<{prefix}{EMPLOYEE}>"
        self.insz_end = spelling.end_tag("INSZ")
        self.part_head = re.compile(
            f"(?P<closed>{SPACE}{spelling.end_tag(PROMOTOR)})?(?P<promotor>{number})?{SPACE}"
            f"(?P<part>{spelling.start_tag(PART)})>{spelling.children_before(EMPLOYEE, PART)}"
        )
        self.promotor_end = re.compile(f"{SPACE}{spelling.end_tag(PROMOTOR)}{SPACE}")
        self.before_insz = f"{self.employee_begin}<{prefix}INSZ>"
        self.before_first_insz = re.compile(f"{SPACE}{self.employee_begin}{SPACE}<{prefix}INSZ>")
        self.space = re.compile(SPACE)

    def cut_at_inszs(self, text: str) -> tuple[str, list[str]]:
        """What stands before the end tag of the first INSZ of a part's employees, and behind each of them.

        Each of these ends with the INSZ that follows, the last with that of nobody. Raises `NotCanonical`.
        """
        begin, *texts = text.split(self.insz_end)
        if not texts:
            if self.space.fullmatch(begin) is None:
                raise NotCanonical
            return begin, texts
        if self.before_first_insz.fullmatch(begin[:-11]) is None or len(texts) > MOST_SIBLINGS:
            raise NotCanonical
        # As if another employee came: then all of them end in the same way.
        texts[-1] += self.before_insz + NOBODY
        return begin, texts


class Stretches:
    """What stands among employees under one prefix.

    Between the end of one performance line and that of the next stands a stretch: the next line, and before it the
    beginning of an employment, or more of them when some have no lines. With it the employee begins too, and then the
    one before him ends. `surrounded` puts an end of somebody and a begin of somebody, who are nobody's, around the
    texts of employees to make their first and last stretches like all others.
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        # A shape has a zero for each digit: a prefix must have none to be seen in it.
        self._seen_prefix = own = _DIGIT.sub("_", prefix)
        spelling = Spelling(own, grammar().of_any_value())
        self.line_end = spelling.end_tag(LINE)
        self._somebody_ends = spelling.end_tag(EMPLOYMENT) + spelling.end_tag(EMPLOYEE)
        self._somebody_begins = (
            f'{NOBODY}{spelling.end_tag("INSZ")}<{own}{EMPLOYMENT} volgnr="1" begin="2000-01-01">'
            f'<{own}Arbeidsregime Q="1.00" S="1.00"/>'
            f'<{own}{LINE} volgnr="1"><{own}Prestatiecode>1{spelling.end_tag("Prestatiecode")}'
        )
        self.pattern = re.compile(_stretch(spelling))

    def surrounded(self, text: str) -> tuple[str, int]:
        """And how many characters stand before *text*; raises `NotCanonical`.

        *text* begins with the start tag of an employee and ends before an INSZ.
        """
        if self.prefix != self._seen_prefix:
            if self._seen_prefix in text:
                raise NotCanonical
            text = text.replace(self.prefix, self._seen_prefix)
        return f"{self._somebody_ends}{text}{self._somebody_begins}", len(self._somebody_ends)


def _stretch(spelling: Spelling) -> str:
    prefix = spelling.prefix
    insz = spelling.element("INSZ", "INSZ") + SPACE
    employer = f"(?:{spelling.element('Werkgever', 'Ondernemingsnummer')}{SPACE})?"
    somebody = f"{spelling.end_tag(EMPLOYEE)}{SPACE}<{prefix}{EMPLOYEE}>{SPACE}{insz}{employer}"
    regime = spelling.element("Arbeidsregime", "Arbeidsregime")
    employment = f"{spelling.start_tag(EMPLOYMENT)}>{SPACE}{regime}{SPACE}"
    line = spelling.element(LINE, LINE).removesuffix(spelling.end_tag(LINE))
    return f"{SPACE}(?:{spelling.end_tag(EMPLOYMENT)}{SPACE}(?:{somebody})?{employment})*{line}"
