"""The register stage: the parts of one piece beside what the department knows of them.

The caller fetched the facts; nothing here asks a database, so it runs where it is cheapest: here, or in the process
that checked the piece.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from domain.findings import Finding
from domain.vocabulary import Severity
from validation.collecting import DETAILS_PER_CODE, Collector
from validation.configuration import rule_settings
from validation.contexts import RegisterContext
from validation.document import Part
from validation.frame import Frame, Piece
from validation.placing import FaultsOfPart, PathedFinding, Tally
from validation.reading.locating import places_of
from validation.register import Facts
from validation.rules import check_register
from validation.stages import Stage, Stopwatch, running


@dataclass(frozen=True, slots=True)
class RegisterResult:
    """What the register said of the parts of *piece*; *counts* are exact, *tallies* are by number of the part."""

    piece: Piece
    findings: tuple[Finding, ...]
    counts: Mapping[tuple[str, Severity], int]
    tallies: Mapping[int, Tally]
    seconds: float


def check_register_of(
    path: Path,
    frame: Frame,
    piece: Piece,
    parts: Iterable[tuple[Part, str, Facts]],
    *,
    today: date,
    cap: int = DETAILS_PER_CODE,
) -> RegisterResult:
    """Run the register rules over the readable *parts* of *piece*, each with its path in the file.

    Lines may be left out of them. Raises `StageFailed` when a rule broke.
    """
    watch = Stopwatch()
    collector = Collector(cap)
    tallies: dict[int, Tally] = {}
    pathed: list[PathedFinding] = []
    with running(Stage.REGISTER):
        for part, part_path, facts in parts:
            tally = tallies[part.number] = Tally()
            context = RegisterContext(part, facts, rule_settings(), today)
            pathed += FaultsOfPart(part, part_path).gather(check_register(context), collector, tally)
        places = places_of(path, frame, piece, pathed, {})
        collector.findings += (finding.placed(places, piece.origin.place("/")) for finding in pathed)
    return RegisterResult(piece, collector.in_file_order(), dict(collector.counts), tallies, watch.lap())
