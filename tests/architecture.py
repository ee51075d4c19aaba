"""Reads the imports of the house and says which of them break the table of floors."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from sys import stdlib_module_names

FLOORS = {
    "domain": "domain",
    "authz": "authz",
    "persistence": "persistence",
    "validation": "xml/validation",
    "filing": "filing",
    "graph": "graph",
    "server": "server",
}
"""Package and folder of each floor."""

MAY_IMPORT = {
    "domain": frozenset[str](),
    "validation": frozenset({"domain"}),
    "authz": frozenset({"domain"}),
    "persistence": frozenset({"domain"}),
    "filing": frozenset({"domain", "authz", "persistence", "validation"}),
    "graph": frozenset({"domain", "authz", "persistence", "filing"}),
    "server": frozenset({"domain", "authz", "persistence", "validation", "filing", "graph"}),
}
"""Which floors of ours a floor may call; its own always."""

ONLY_LIBRARIES = {"domain": frozenset[str](), "validation": frozenset({"lxml"}), "authz": frozenset({"casbin"})}
"""Floors that know these libraries beside the standard one, and no other."""

NEVER = {
    "persistence": ("graphql", "strawberry", "starlette", "lxml"),
    "filing": ("graphql", "strawberry", "starlette"),
    "graph": ("lxml", "starlette.routing", "starlette.responses", "starlette.applications", "starlette.endpoints"),
}
ONLY_IN = {"casbin": "authz", "tortoise": "persistence"}
"""Libraries that one floor alone knows."""

UNIT_OF_WORK = "persistence/unit_of_work.py"
MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: in *file*, on *line*, of the whole dotted *target*."""

    file: str
    module: str
    line: int
    target: str

    @property
    def floor(self) -> str:
        return self.module.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.target}"


def modules(root: Path) -> dict[str, Path]:
    """Every module of the floors under *root*, by dotted name."""
    found: dict[str, Path] = {}
    for package, folder in FLOORS.items():
        for path in sorted((root / folder).rglob("*.py")):
            parts = (package, *path.relative_to(root / folder).with_suffix("").parts)
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imports(root: Path) -> list[Import]:
    """Every import of the floors, also inside functions and under TYPE_CHECKING: what is read together belongs so."""
    known = modules(root)
    found: list[Import] = []
    for module, path in known.items():
        file = path.relative_to(root).as_posix()
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        for line, target in _targets(ast.parse(path.read_text(encoding="utf-8")), package):
            found.append(Import(file, module, line, target))
    return found


def violations(root: Path) -> list[str]:
    """Every import that goes up, sideways, or to a library that its floor may not know."""
    return [reason for each in imports(root) if (reason := _fault(each)) is not None]


def circle(root: Path) -> list[str]:
    """The modules of one circle of imports, none when there is none."""
    known = modules(root)
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for each in imports(root):
        # `from domain import errors` is about the module domain.errors, `from domain.errors import X` about the same.
        target = each.target if each.target in known else each.target.rpartition(".")[0]
        if target in known and target != each.module:
            sorter.add(each.module, target)
    try:
        sorter.prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def transactions_elsewhere(root: Path) -> list[str]:
    """What begins a transaction outside the unit of work: our own way to do it, or the library's, which has traps."""
    ours = (each for each in imports(root) if each.file != UNIT_OF_WORK)
    return [
        str(each)
        for each in ours
        if f"{each.target}.".startswith(("persistence.transaction.", "tortoise.transactions."))
    ]


def long_modules(root: Path) -> list[str]:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules(root).values()}
    return [f"{path.relative_to(root)} has {lines} lines" for path, lines in sizes.items() if lines > MOST_LINES]


def folders_without_init(root: Path) -> list[str]:
    """Folders of code inside a floor that are no packages, and so would be left out of an installation."""
    folders = {path.parent for path in modules(root).values()}
    return sorted(str(folder.relative_to(root)) for folder in folders if not (folder / "__init__.py").is_file())


def _targets(tree: ast.Module, package: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*parents, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{source}.{alias.name}"


def _fault(each: Import) -> str | None:
    top = each.target.partition(".")[0]
    if top in FLOORS:
        is_fine = top == each.floor or top in MAY_IMPORT[each.floor]
        return None if is_fine else f"{each}; {each.floor} may import {sorted(MAY_IMPORT[each.floor])} of ours"
    if top in stdlib_module_names:
        return None
    if top in ONLY_IN and ONLY_IN[top] != each.floor:
        return f"{each}; only {ONLY_IN[top]} knows {top}"
    if each.floor in ONLY_LIBRARIES and top not in ONLY_LIBRARIES[each.floor]:
        return f"{each}; {each.floor} knows no library but {sorted(ONLY_LIBRARIES[each.floor])}"
    for library in NEVER.get(each.floor, ()):
        if f"{each.target}.".startswith(f"{library}."):
            return f"{each}; {each.floor} never knows {library}"
    return None
