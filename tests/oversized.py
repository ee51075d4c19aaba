"""Files that are too much of something: made when they are needed, because they are too large to keep."""

from collections.abc import Callable

from collective_files import LINE, collective_file, employee, part, promotor

MILLION = 1_000_000


def _one(employees: str) -> str:
    return collective_file(promotor(part("104233", employees)))


def _with_hours(text: str) -> str:
    return _one(employee(lines=LINE.replace("83.60", text)))


def _in_promotor(markup: str) -> str:
    return _one(employee()).replace("<Promotor>", f"<Promotor>{markup}")


def _with_promotor_tag(attributes: str) -> str:
    return _one(employee()).replace("<Promotor>", f"<Promotor {attributes}>")


def _lines(count: int, line: str = LINE) -> str:
    return (line + "\n") * count


def _many_employments() -> str:
    one = employee(lines=_lines(899))
    begin, end = one.index("<Tewerkstelling"), one.index("</Werknemer>")
    return _one(one[:begin] + one[begin:end] * 18 + one[end:])


OVERSIZED: dict[str, Callable[[], str]] = {
    "depth-of-100-thousand": lambda: _in_promotor("<a>" * 100_000),
    "text-of-11-million": lambda: _with_hours("8" * 11 * MILLION),
    "digits-of-1-million": lambda: _with_hours("8" * MILLION),
    "blanks-of-1-million": lambda: _with_hours(" " * MILLION + "83.60"),
    "references-of-1-million": lambda: _with_hours("&#48;" * MILLION),
    "cdata-of-11-million": lambda: _with_hours(f"<![CDATA[{'8' * 11 * MILLION}]]>"),
    "comment-of-11-million": lambda: _in_promotor(f"<!--{'-x' * (11 * MILLION // 2)}-->"),
    "instruction-of-11-million": lambda: _in_promotor(f"<?x {'x' * 11 * MILLION}?>"),
    "attribute-of-11-million": lambda: _with_promotor_tag(f'a="{"x" * 11 * MILLION}"'),
    "name-of-200-thousand": lambda: _in_promotor(f"<{'n' * 200_000}/>"),
    "name-of-10-million": lambda: _in_promotor(f"<{'n' * 10 * MILLION}/>"),
    "prefix-of-200-thousand": lambda: _in_promotor(f'<{"p" * 200_000}:a xmlns:{"p" * 200_000}="urn:p"/>'),
    "attributes-of-200-thousand": lambda: _with_promotor_tag(" ".join(f'a{n}="1"' for n in range(200_000))),
    "namespaces-of-1-million": lambda: _with_promotor_tag(" ".join(f'xmlns:n{n}="u{n}"' for n in range(MILLION))),
    "namespaces-on-20-thousand-elements": lambda: _in_promotor(
        "".join(f'<a xmlns:n{n}="urn:{n}"/>' for n in range(20_000))
    ),
    "comment-without-end": lambda: _in_promotor("<!--" + "x" * 11 * MILLION),
    "tag-without-end": lambda: _in_promotor("<a " + "x" * 11 * MILLION),
    "value-without-end": lambda: _in_promotor('<a b="' + "x" * 11 * MILLION),
    "comments-of-1-million": lambda: _in_promotor("<!---->" * MILLION),
    "errors-of-100-thousand-under-one-parent": lambda: _one(employee(lines=_lines(100_000, LINE.replace("22.0", "x")))),
    "employee-of-11-million": lambda: _one(employee(lines=_lines(100_000))),
    "employments-with-16-thousand-lines": _many_employments,
    "part-of-20-million": lambda: _one(employee(lines=_lines(900)) * 190),
    "promotors-of-300-thousand": lambda: collective_file(promotor("") * 300_000),
    "line-breaks-of-1-million": lambda: _in_promotor("\n" * MILLION),
    "head-of-1-million": lambda: _one(employee()).replace("<Omgeving>", " " * MILLION + "<Omgeving>"),
}
