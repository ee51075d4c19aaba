"""Which layer of checking speaks in a code, and which rule of the XML Schema specification an XSD code stands for."""

from collections.abc import Mapping
from functools import cache

from validation.broken_off import BROKE_OFF
from validation.rule import Reach
from validation.rules.catalogue import DETECTED_ELSEWHERE, ENVELOPE_RULES, RULES
from validation.stages import Stage

SCHEMA_CODES = "XSD."

_BY_REACH = {
    Reach.FILE: Stage.WHOLE_FILE,
    Reach.REGISTER: Stage.REGISTER,
    Reach.OFFER: Stage.REGISTER,
    Reach.PART: Stage.RULES,
    Reach.EMPLOYEE: Stage.RULES,
}
_FOUND_BY_THE_READER = dict.fromkeys(("F-001", BROKE_OFF), Stage.WELL_FORMED)
_SPEC_KEYS = {
    "XSD.enumeration": "cvc-enumeration-valid",
    "XSD.pattern": "cvc-pattern-valid",
    "XSD.length": "cvc-length-valid",
    "XSD.minLength": "cvc-minLength-valid",
    "XSD.maxLength": "cvc-maxLength-valid",
    "XSD.datatype": "cvc-datatype-valid.1.2.1",
    "XSD.missing-element": "cvc-complex-type.2.4",
    "XSD.unexpected-element": "cvc-complex-type.2.4",
    "XSD.missing-attribute": "cvc-complex-type.4",
    "XSD.unexpected-attribute": "cvc-complex-type.3.2.2",
    "XSD.unexpected-text": "cvc-complex-type.2.3",
}


def layer_of(code: str) -> Stage:
    """The stage that finds *code*; a rule that two stages know (N-408) belongs to the earlier one."""
    if code.startswith(SCHEMA_CODES):
        return Stage.SCHEMA
    return _layers_of_rules()[code]


def spec_key_of(code: str) -> str | None:
    """The key by which the XML Schema specification, and every other validator, names this error; none for a rule."""
    return _SPEC_KEYS.get(code)


@cache
def _layers_of_rules() -> Mapping[str, Stage]:
    order = list(Stage)
    layers = {elsewhere.code: Stage.ENVELOPE for elsewhere in DETECTED_ELSEWHERE} | _FOUND_BY_THE_READER
    for rule in RULES:
        layer = _BY_REACH[rule.reach]
        layers[rule.code] = min(layer, layers.get(rule.code, layer), key=order.index)
    return layers | {rule.code: Stage.ENVELOPE for rule in ENVELOPE_RULES}
