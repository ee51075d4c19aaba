"""Documents that are made to cost much, each of any size: for the steps that tests count and for a clock."""

from collections.abc import Callable, Mapping
from typing import Final

DEPTH: Final = "limits { depth }"
BY_IDS: Final = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
"""Costs what its variable says."""

HOSTILE: Final[Mapping[str, Callable[[int], str]]] = {
    "fragments that spread the next twice": lambda n: (
        "{ ...F0 } "
        + " ".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(n))
        + f" fragment F{n} on Query {{ {DEPTH} }}"
    ),
    "fragments in a long row": lambda n: (
        "{ ...F0 } "
        + " ".join(f"fragment F{i} on Query {{ ...F{i + 1} }}" for i in range(n))
        + f" fragment F{n} on Query {{ {DEPTH} }}"
    ),
    "fragments in a circle": lambda n: (
        "{ ...F0 } " + " ".join(f"fragment F{i} on Query {{ ...F{(i + 1) % n} }}" for i in range(n))
    ),
    "aliases": lambda n: "{" + " ".join(f"a{i}: {DEPTH}" for i in range(n)) + "}",
    "directives": lambda n: "{ limits { depth " + "@include(if: true) " * n + "} }",
    "unknown directives": lambda n: "{ limits { depth " + "@a " * n + "} }",
    "overlapping fields": lambda n: "{ limits {" + "depth " * n + "} }",
    "overlapping fragments": lambda n: (
        "{"
        + " ".join(f"...F{i}" for i in range(n))
        + "}"
        + " ".join(f" fragment F{i} on Query {{ {DEPTH} }}" for i in range(n))
    ),
    "overlapping inline fragments": lambda n: "{" + f"... on Query {{ {DEPTH} }} " * n + "}",
    "overlapping fragments of fragments": lambda n: (
        "{ ...F0 } "
        + " ".join(f"fragment F{i} on Query {{ {DEPTH} ...F{i + 1} ...G{i} }}" for i in range(n))
        + " ".join(f" fragment G{i} on Query {{ {DEPTH} }}" for i in range(n))
        + f" fragment F{n} on Query {{ {DEPTH} }}"
    ),
    "duplicate arguments": lambda n: "{ conventions(" + "first: 1 " * n + ") { totalCount } }",
    "unknown arguments": lambda n: "{ conventions(" + " ".join(f"x{i}: 1" for i in range(n)) + ") { totalCount } }",
    "unused variables": lambda n: "query (" + " ".join(f"$v{i}: Int" for i in range(n)) + f") {{ {DEPTH} }}",
    "the same variable": lambda n: "query (" + "$v: Int " * n + f") {{ {DEPTH} }}",
    "used variables": lambda n: (
        "query ("
        + " ".join(f"$v{i}: ID!" for i in range(n))
        + ") { nodes(ids: ["
        + " ".join(f"$v{i}" for i in range(n))
        + "]) { id } }"
    ),
    "deep lists": lambda n: "{ nodes(ids: " + "[" * n + "]" * n + ") { id } }",
    "operations": lambda n: " ".join(f"query Q{i} {{ {DEPTH} }}" for i in range(n)),
}
