"""Collective files as text, small and right, to be changed in one spot by a test."""

from datetime import date
from pathlib import Path

from domain.findings import Report
from validation.checked import RangeResult
from validation.checking import check_piece
from validation.configuration import rule_settings
from validation.cutting.planning import plan_file
from validation.cutting.scanning import scan
from validation.frame import Head, Piece, Plan
from validation.numbering import Numbering
from validation.runner import check_file

TODAY = date(2026, 11, 5)
INSZ = "85073003328"
DATED = (
    '<Prestatielijn volgnr="1"><Prestatiecode>50</Prestatiecode><Dagen>2.0</Dagen>'
    "<Van>2026-10-05</Van><Tot>2026-10-06</Tot></Prestatielijn>"
)
"""A performance line with a code that takes days, and between which days."""
LINE = '<Prestatielijn volgnr="1"><Prestatiecode>1</Prestatiecode><Dagen>22.0</Dagen><Uren>83.60</Uren></Prestatielijn>'


def employee(*, insz: str = INSZ, lines: str = LINE) -> str:
    return f"""      <Werknemer>
        <INSZ>{insz}</INSZ>
        <Tewerkstelling volgnr="1" begin="2024-03-01">
          <Arbeidsregime Q="19.00" S="38.00"/>
          {lines}
        </Tewerkstelling>
      </Werknemer>
"""


def part(convention: str, employees: str, *, programme: str = "GESCO") -> str:
    return f"""    <Prestatiestaat statusAanlevering="1">
      <Conventienummer>{convention}</Conventienummer>
      <Programma>{programme}</Programma>
      <Prestatiemaand>2026-10</Prestatiemaand>
{employees}    </Prestatiestaat>
"""


def promotor(parts: str, *, number: str = "0999000228") -> str:
    return f"  <Promotor>\n    <Ondernemingsnummer>{number}</Ondernemingsnummer>\n{parts}  </Promotor>\n"


def collective_file(promotors: str) -> str:
    """With control totals of nothing: F-006 is told, and everything else as it is."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<CollectiefPrestatiebestand xmlns="urn:x-mandaat:collective:1" schemaVersie="1.0">
  <Hoofding>
    <Bestandsreferentie>SS01-202610-000123</Bestandsreferentie>
    <Omgeving>P</Omgeving>
    <Aanmaaktijdstip>2026-11-03T08:15:00+01:00</Aanmaaktijdstip>
    <Verzender><Ondernemingsnummer>0999000129</Ondernemingsnummer></Verzender>
    <Controletotalen promotoren="0" conventies="0" werknemers="0" lijnen="0" uren="0.00" dagen="0.0"/>
  </Hoofding>
{promotors}</CollectiefPrestatiebestand>
"""


def written(folder: Path, text: str, name: str = "file.xml") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def checked(path: Path, *, cap: int = 1000) -> Report:
    return check_file(path, today=TODAY, cap=cap)


def places(report: Report, code: str) -> list[tuple[int, int, str]]:
    """Line, column and path of every finding of *code* and kind (`XSD.` for all of the schema)."""
    return [
        (finding.place.line, finding.place.column, finding.place.path)
        for finding in report.findings
        if finding.code.startswith(code) and finding.place is not None
    ]


def pieces_by_parser(path: Path) -> tuple[Head, tuple[Piece, ...]]:
    """How a parser cuts the file, whatever searching bytes makes of it."""
    head = plan_file(path).head
    with path.open("rb") as file:
        return head, scan(file, head)


def results_of(path: Path, head: Head, pieces: tuple[Piece, ...]) -> list[RangeResult]:
    """What is found in each of them, with the numbers of the file."""
    numbering = Numbering(Plan(head, path.stat().st_size, pieces, rule_settings().limits))
    return [numbering.numbered(check_piece(path, head.frame, piece, today=TODAY)) for piece in pieces]


def place_of(text: str, needle: str, occurrence: int = 1) -> tuple[int, int]:
    """Line and column, from 1, of the n-th *needle* in *text*: counted by hand, as an oracle."""
    offset = -1
    for _ in range(occurrence):
        offset = text.index(needle, offset + 1)
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
