"""How large an operation is before anything of it runs: its fields, depth, aliases, directives, mutations and cost.

One pass over the document: each fragment is measured once and counted wherever it is spread, so that the work is linear
in the length of the document while the measures are those of the operation written out. Limiters that follow fragments
without memory need minutes for 660 bytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    Visitor,
    get_named_type,
    visit,
)

from persistence.pages import DEFAULT_PAGE_SIZE

NESTING_BOUND: Final = 120
"""Fields and fragments inside each other; also what keeps this walk far from the end of Python's stack."""

_CEILING: Final = 1_000_000_000
_INTROSPECTION: Final = frozenset({"__schema", "__type"})
_PAGE_SIZES: Final = ("first", "last")
_IDS: Final = "ids"
_SUBMISSION: Final = "performanceFileSubmit"
_SIZING: Final = (*_PAGE_SIZES, _IDS)

_Parent = GraphQLObjectType | GraphQLInterfaceType | None


@dataclass(frozen=True, slots=True)
class Measures:
    """What one operation asks for, its fragments written out.

    A field that stands twice in one selection set counts as an alias.
    *cost* is the number of objects that it can give, with the sizes of the pages that it asks for. *roots* are the
    fields at its top. Introspection counts in *fields*, *aliases* and *directives* only. *fragments*: the most that
    come together in one selection; validation compares each of these with all others. *submissions*: performance files
    that it submits.
    """

    fields: int = 0
    depth: int = 0
    aliases: int = 0
    directives: int = 0
    roots: int = 0
    cost: int = 0
    fragments: int = 0
    submissions: int = 0
    is_mutation: bool = False


@dataclass(slots=True)
class _Sum:
    """Measures of a selection set; *cost_of_item* is what stands in the edges of a page, for one of them.

    *merged* is how many fragments come together in this one selection, *fragments* the most in it or below.
    """

    fields: int = 0
    depth: int = 0
    aliases: int = 0
    directives: int = 0
    roots: int = 0
    cost: int = 0
    cost_of_item: int = 0
    merged: int = 0
    fragments: int = 0
    submissions: int = 0

    def add(self, other: "_Sum") -> None:
        self.fields = min(self.fields + other.fields, _CEILING)
        self.depth = max(self.depth, other.depth)
        self.aliases = min(self.aliases + other.aliases, _CEILING)
        self.directives = min(self.directives + other.directives, _CEILING)
        self.roots = min(self.roots + other.roots, _CEILING)
        self.cost = min(self.cost + other.cost, _CEILING)
        self.cost_of_item = min(self.cost_of_item + other.cost_of_item, _CEILING)
        self.submissions = min(self.submissions + other.submissions, _CEILING)
        self.merged = min(self.merged + other.merged, _CEILING)
        self.fragments = max(self.fragments, other.fragments, self.merged)


def sizing_variables(document: DocumentNode) -> tuple[str, ...]:
    """The variables that can say how much is asked for, in alphabetical order: sizes of pages, and ids."""
    finding = _SizingVariables()
    visit(document, finding)
    return tuple(sorted(finding.names))


class _SizingVariables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        if node.name.value in _SIZING and isinstance(node.value, VariableNode):
            self.names.add(node.value.name.value)


class Measuring:
    """One measuring; *steps* counts the selections that it looked at."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        *,
        operation_name: str | None = None,
        variables: Mapping[str, Any] | None = None,
    ) -> None:
        self._schema = schema
        self._operation = _operation(document, operation_name)
        self._others = [
            definition
            for definition in document.definitions
            if isinstance(definition, OperationDefinitionNode) and definition is not self._operation
        ]
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._variables = dict(variables or {})
        self._measured: dict[tuple[str, bool], _Sum] = {}
        self._open: set[str] = set()
        self.steps = 0

    def measures(self) -> Measures:
        """The measures of the operation; nothing for an operation that is not there, which validation will say."""
        return Measures() if self._operation is None else self._of(self._operation)

    def of_every_operation(self) -> Iterator[Measures]:
        """The same first, and then of the other operations of the document: these are not run, but validated.

        In this order, because fragments are measured once, with the variables of the operation that runs.
        """
        yield self.measures()
        yield from (self._of(operation) for operation in self._others)

    def _of(self, operation: OperationDefinitionNode) -> Measures:
        for definition in operation.variable_definitions or ():
            if definition.default_value is not None:
                self._variables.setdefault(definition.variable.name.value, definition.default_value)
        root = self._schema.get_root_type(operation.operation)
        found = self._selections(operation.selection_set, root, 1, is_root=operation.operation is OperationType.QUERY)
        return replace(
            Measures(fields=found.fields, depth=found.depth, aliases=found.aliases),
            directives=min(found.directives + len(operation.directives or ()), _CEILING),
            roots=found.roots,
            fragments=found.fragments,
            submissions=found.submissions,
            cost=min(found.cost + found.cost_of_item, _CEILING),
            is_mutation=operation.operation is OperationType.MUTATION,
        )

    def _selections(self, selections: SelectionSetNode, parent: _Parent, nesting: int, *, is_root: bool) -> _Sum:
        """*is_root*: at the top of a query, the one place where introspection is."""
        total = _Sum()
        if nesting > NESTING_BOUND:
            # Not measured further: such a depth is over every limit.
            total.depth = NESTING_BOUND
            return total
        seen: set[str] = set()
        for selection in selections.selections:
            self.steps += 1
            total.directives += len(selection.directives or ())
            if isinstance(selection, FieldNode):
                key = (selection.alias or selection.name).value
                # A field asked again beside itself; validation compares each of them with all others.
                total.aliases += 1 if key in seen and selection.alias is None else 0
                seen.add(key)
                total.add(self._field(selection, parent, nesting, is_root=is_root))
            elif isinstance(selection, FragmentSpreadNode):
                total.add(self._fragment(selection.name.value, nesting, is_root=is_root))
                total.add(_Sum(merged=1))
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                inside = self._type_named(condition.name.value) if condition else parent
                total.add(self._selections(selection.selection_set, inside, nesting + 1, is_root=is_root))
                total.add(_Sum(merged=1))
        return total

    def _fragment(self, name: str, nesting: int, *, is_root: bool) -> _Sum:
        fragment = self._fragments.get(name)
        if fragment is None or name in self._open:
            return _Sum()  # unknown, or spread inside itself: validation says so
        known = self._measured.get((name, is_root))
        if known is None:
            self._open.add(name)
            parent = self._type_named(fragment.type_condition.name.value)
            known = self._selections(fragment.selection_set, parent, nesting + 1, is_root=is_root)
            self._open.discard(name)
            # A spread is work even where it spreads nothing but spreads.
            known.fields = min(known.fields + 1, _CEILING)
            known.directives = min(known.directives + len(fragment.directives or ()), _CEILING)
            self._measured[name, is_root] = known
        return known

    def _field(self, node: FieldNode, parent: _Parent, nesting: int, *, is_root: bool) -> _Sum:
        own = _Sum(fields=1, depth=1, aliases=1 if node.alias else 0, roots=1)
        if node.selection_set is None:
            return own
        name = node.name.value
        own.submissions = 1 if name == _SUBMISSION and parent is self._schema.mutation_type else 0
        field = parent.fields.get(name) if parent is not None else None
        inside = _with_fields(get_named_type(field.type)) if field is not None else None
        below = self._selections(node.selection_set, inside, nesting + 1, is_root=False)
        own.fields = min(own.fields + below.fields, _CEILING)
        own.aliases = min(own.aliases + below.aliases, _CEILING)
        own.directives = below.directives
        own.fragments = below.fragments
        if is_root and name in _INTROSPECTION and below.depth < NESTING_BOUND:
            return own
        own.depth = min(1 + below.depth, NESTING_BOUND)
        if _is_connection(inside):
            size = self._page_size(node)
            own.cost = min(below.cost + size * below.cost_of_item, _CEILING)
        elif _is_connection(parent) and name == "edges":
            own.cost_of_item = min(1 + below.cost, _CEILING)
        elif name == "pageInfo" or (name == "node" and parent is not None and "cursor" in parent.fields):
            own.cost = below.cost  # one with its page, or with its edge
        else:
            own.cost = min(self._ids(node) * (1 + below.cost + below.cost_of_item), _CEILING)
        return own

    def _page_size(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in _PAGE_SIZES:
                size = self._value(argument.value)
                if isinstance(size, int):
                    return max(size, 0)
        return DEFAULT_PAGE_SIZE

    def _ids(self, node: FieldNode) -> int:
        """How many things are asked for by their ids; one where it is not by ids."""
        for argument in node.arguments or ():
            if argument.name.value == _IDS:
                ids = self._value(argument.value)
                return len(cast("list[Any]", ids)) if isinstance(ids, list) else 1
        return 1

    def _value(self, node: ValueNode) -> Any:
        """A number or a list, also out of a variable; none for anything else."""
        found: Any = self._variables.get(node.name.value) if isinstance(node, VariableNode) else node
        if isinstance(found, IntValueNode):
            # Longer numbers than any page are refused later; only their size matters here.
            return int(found.value) if len(found.value) < 10 else _CEILING
        if isinstance(found, ListValueNode):
            return list(found.values)
        return found

    def _type_named(self, name: str) -> _Parent:
        return _with_fields(self._schema.get_type(name))


def _with_fields(found: Any) -> _Parent:
    return found if isinstance(found, GraphQLObjectType | GraphQLInterfaceType) else None


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode) and (
            name is None or (definition.name is not None and definition.name.value == name)
        ):
            return definition
    return None


def _is_connection(found: _Parent) -> bool:
    return found is not None and "edges" in found.fields and "pageInfo" in found.fields
