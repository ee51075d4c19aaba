"""Default deny: every type and every root field declares the right that it needs, or says why it is public.

Objects enter an answer by one of two doors only: a page whose SQL is filtered by the caller's scope, or a loader that
applies the same scope (`graph/loaders.py`). So a type declares the right that the doors ask for (`@reached_by`), a
field that needs more than its object asks on its own (`Requires`), and `declared_rights` refuses a schema with a
gap.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from graphql import GraphQLInterfaceType, GraphQLObjectType
from strawberry import Schema
from strawberry.extensions.field_extension import AsyncExtensionResolver, FieldExtension
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from domain.errors import DomainError
from domain.vocabulary import Action
from filing.refusals import record_refusal
from filing.subjects import OnConvention, Subject
from graph.context import Info
from graph.problems import problem_from
from graph.rights import Right, right_of


class Guarded(Protocol):
    """An object that knows what a decision about it is about."""

    def subject(self) -> Subject: ...


class Owned(Protocol):
    """An object that belongs to a convention, and with it to a promotor."""

    def subject(self) -> OnConvention: ...


class _Declaring(FieldExtension):
    """A field's own declaration; the SDL tells clients the same value that enforces it."""

    def __init__(self, right: Right) -> None:
        self.right = right

    def apply(self, field: StrawberryField) -> None:
        if self.right.action is not None or self.right.by_grant_lines:
            field.description = f"{field.description or ''} Requires `{self.right}`.".strip()


class Requires(_Declaring):
    """Answer null, as for something that is not there, unless the caller may do *action* on the field's object."""

    def __init__(self, action: Action) -> None:
        super().__init__(Right(action))
        self._action = action

    async def resolve_async(self, next_: AsyncExtensionResolver, source: Guarded, info: Info, **kwargs: Any) -> Any:
        if not await info.context.loaders.permits(source.subject(), self._action):
            return None
        return await next_(source, info, **kwargs)


class RequiresAsOwner(_Declaring):
    """Answer null unless the caller may do *action* on the field's object because his organisation is the promotor."""

    def __init__(self, action: Action) -> None:
        super().__init__(Right(action, as_owner=True))
        self._action = action

    async def resolve_async(self, next_: AsyncExtensionResolver, source: Owned, info: Info, **kwargs: Any) -> Any:
        if not await info.context.loaders.permits_as_owner(source.subject(), self._action):
            return None
        return await next_(source, info, **kwargs)


class Scoped(_Declaring):
    """A root field that shows only what lies within the caller's scope for *action*; its query applies the scope."""

    def __init__(self, action: Action) -> None:
        super().__init__(Right(action))

    async def resolve_async(self, next_: AsyncExtensionResolver, source: Any, info: Info, **kwargs: Any) -> Any:
        _ = info.context.known
        return await next_(source, info, **kwargs)


class Followed(_Declaring):
    """A subscription that shows only what the caller may do *action* with; it asks again before every event."""

    def __init__(self, action: Action) -> None:
        super().__init__(Right(action))

    async def resolve_async(self, next_: AsyncExtensionResolver, source: Any, info: Info, **kwargs: Any) -> Any:
        _ = info.context.known
        # The resolver of a subscription answers a stream, which nobody awaits.
        return next_(source, info, **kwargs)


class ForCaller(_Declaring):
    """A root field that any known caller may ask; *reason* says why it shows nothing that he may not see."""

    def __init__(self, reason: str) -> None:
        super().__init__(Right(None, reason))

    async def resolve_async(self, next_: AsyncExtensionResolver, source: Any, info: Info, **kwargs: Any) -> Any:
        _ = info.context.known
        return await next_(source, info, **kwargs)


class Intention(_Declaring):
    """A mutation: its use case asks for *action* on the object itself.

    Whether the token is still good is asked anew before. What the use case refuses becomes a problem in the payload.
    """

    def __init__(self, action: Action) -> None:
        super().__init__(Right(action))

    async def resolve_async(self, next_: AsyncExtensionResolver, source: Any, info: Info, **kwargs: Any) -> Any:
        _ = info.context.known
        await info.context.confirm()
        known = info.context.known
        try:
            return await next_(source, info, **kwargs)
        except DomainError as error:
            problem = problem_from(error, info.context.language)
            await record_refusal(info.context.office, known, info.field_name, error)
            return problem


class RoleIntention(Intention):
    """A mutation that gives or takes away a role: its use case asks the grant lines of the policy, not an action."""

    def __init__(self) -> None:
        _Declaring.__init__(self, Right(None, by_grant_lines=True))


class UndeclaredRight(Exception):
    """The schema has types or root fields without a declared right; a server does not start with it."""


def declared_rights(schema: Schema) -> Mapping[str, str]:
    """What every field of the schema needs, by `Type.field`, in that order.

    Raises `UndeclaredRight` with the name of each field that declares nothing, itself or by its type.
    """
    rights: dict[str, str] = {}
    undeclared: list[str] = []
    roots = {schema.query, schema.mutation, schema.subscription}
    # Strawberry offers no other way to walk a whole schema.
    type_map = schema._schema.type_map  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    for name, graphql_type in type_map.items():
        if name.startswith("__") or not isinstance(graphql_type, GraphQLObjectType | GraphQLInterfaceType):
            continue
        definition = schema.schema_converter.type_map[name].definition
        if not isinstance(definition, StrawberryObjectDefinition):
            continue
        # `ConventionConnection` is a copy of the generic `Connection`, which declares for all of them.
        declaring = (definition.concrete_of or definition).origin
        whole = None if definition.origin in roots else right_of(declaring)
        for field in definition.fields:
            own = [extension.right for extension in field.extensions if isinstance(extension, _Declaring)]
            right = own[0] if own else whole
            graphql_name = f"{name}.{schema.config.name_converter.get_graphql_name(field)}"
            if right is None:
                undeclared.append(graphql_name)
            else:
                rights[graphql_name] = str(right)
    if undeclared:
        raise UndeclaredRight("no right is declared on " + ", ".join(sorted(undeclared)))
    return dict(sorted(rights.items()))
