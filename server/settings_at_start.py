"""Reading the settings when a process starts, and refusing a start that would go wrong later.

A wrong value stops the start with a sentence that names the variable, what was found and what was expected; so does
a variable with our prefix that no setting has, because a misspelled name would silently leave a default in force.
"""

import difflib
import os
from collections.abc import Mapping

from pydantic import ValidationError

from server.settings import PREFIX, Settings, SettingsRefused, variable_of
from server.unsafe_in_production import refuse_unsafe

_HARNESS_PREFIX = "MANDAAT_TEST_"


def load_settings() -> Settings:
    """The settings of this process, from its environment and checked.

    Raises `SettingsRefused` with every fault that was found.
    """
    reasons = _misspelled(os.environ)
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsRefused(reasons + _sentences(error)) from error
    if reasons:
        raise SettingsRefused(reasons)
    refuse_unsafe(settings)
    return settings


def _misspelled(variables: Mapping[str, str]) -> list[str]:
    known = [variable_of(field) for field in Settings.model_fields]
    unknown = sorted(
        name
        for name in variables
        if name.startswith(PREFIX) and not name.startswith(_HARNESS_PREFIX) and name not in known
    )
    reasons: list[str] = []
    for name in unknown:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else "see docs/settings.md for the names"
        reasons.append(f"{name} is not a setting; {hint}")
    return reasons


def _sentences(error: ValidationError) -> list[str]:
    reasons: list[str] = []
    for fault in error.errors(include_url=False):
        if fault["type"] == "default_factory_not_called":
            continue  # follows from another fault that is named already
        what = fault["msg"].removeprefix("Value error, ").partition(", unable to")[0]
        if not fault["loc"]:
            reasons.append(what)
            continue
        field = str(fault["loc"][0])
        # A database address holds a password.
        is_shown = field in Settings.model_fields and Settings.model_fields[field].repr
        found = repr(fault["input"]) if is_shown else "a value that is not shown here"
        expected = what.removeprefix("Input should be ").removeprefix("expected ")
        reasons.append(f"{variable_of(field)} is {found}; expected {expected[:1].lower()}{expected[1:]}")
    return reasons
