"""The plan of one file: what its head says, and the pieces in which it is checked."""

import os
from pathlib import Path

from validation.configuration import Limits, rule_settings
from validation.cutting.scanning import scan
from validation.cutting.splitting import split_by_bytes
from validation.frame import Piece, Plan
from validation.gate import HEAD_BYTES, read_head
from validation.refusal import refused


def plan_file(path: Path, *, limits: Limits | None = None) -> Plan:
    """Read the head and cut the rest into pieces; memory does not grow with the file.

    *limits* are those of the rules unless given. Raises `FileRefused` as `validation.gate.read_head` and
    `validation.cutting.scanning.scan` do.
    """
    limits = rule_settings().limits if limits is None else limits
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        head = read_head(file.read(HEAD_BYTES), is_whole=size <= HEAD_BYTES)
        pieces = split_by_bytes(file, head, size)
        if pieces is not None:
            return Plan(head, size, pieces, limits)
        return _within_limits(Plan(head, size, scan(file, head), limits))


def plan_again(path: Path, plan: Plan, wrong: Piece) -> Plan:
    """The rest of *plan*, from *wrong* on, cut by a parser: *wrong* was not what searching bytes had made of it.

    What was found in the pieces before *wrong* stands; part numbers go on from there. Raises `FileRefused` when the
    file is not well-formed, as `validation.cutting.scanning.scan` does.
    """
    with path.open("rb") as file:
        pieces = scan(file, plan.head, resume=wrong)
    return _within_limits(Plan(plan.head, plan.size_bytes, pieces, plan.limits))


def _within_limits(plan: Plan) -> Plan:
    """A file with far too many promotors or parts is refused before what is known of each fills the memory."""
    for what, found, most in (
        ("promotoren", plan.pieces[-1].slices[-1].promotor, plan.limits.promotors),
        ("prestatiestaten", plan.most_parts, plan.limits.parts),
    ):
        if found > most:
            place = plan.head.body.place("/")
            raise refused("F-007", place, found=str(found), expected=str(most), values={"limit": what})
    return plan
