"""Objects of the schema that hold what a row holds: said once, to make them and to write them without making them.

A page has two hundred of them, which nobody looks at but the executor.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, NamedTuple, TypeVar

Row = TypeVar("Row", bound=NamedTuple)
Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True)
class Column:
    """The *place* of a value in a row; *convert* makes of it what is shown, of null nothing."""

    place: int
    convert: Callable[[Any], Any] | None = None


class Projection(Generic[Row, Shown]):
    """How a *shown* object is made of a row (*make*).

    *columns* give the value of each attribute: its name in the row, with a function that converts it unless it is
    none. Such a function answers the same for values that are equal, always, and fails for none that a row can hold.
    """

    def __init__(
        self, shown: type[Shown], row: type[Row], **columns: str | tuple[str, Callable[[Any], object]]
    ) -> None:
        places = row._fields
        self.shown: Final = shown
        self.width: Final = len(places)
        self.columns: Final[Mapping[str, Column]] = {
            attribute: Column(places.index(column))
            if isinstance(column, str)
            else Column(places.index(column[0]), column[1])
            for attribute, column in columns.items()
        }
        self.make: Final = self._maker()

    def _maker(self) -> Callable[[Row], Shown]:
        known: dict[str, Any] = {"shown": self.shown}
        arguments: list[str] = []
        for attribute, column in self.columns.items():
            value = f"row[{column.place}]"
            if column.convert is not None:
                known[f"convert_{attribute}"] = column.convert
                value = f"None if {value} is None else convert_{attribute}({value})"
            arguments.append(f"{attribute}={value}")
        # Made of names of our attributes; a loop over the columns would take three times as long.
        return eval(f"lambda row: shown({', '.join(arguments)})", known)  # noqa: S307
