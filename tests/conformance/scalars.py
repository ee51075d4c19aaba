"""Values of our scalars for the fuzzer, right and wrong ones; it reads this file as its hooks."""

import schemathesis  # pyright: ignore[reportMissingImports] - in the environment of the attackers only
from hypothesis import strategies as st
from schemathesis.graphql import nodes  # pyright: ignore[reportMissingImports] - as above

_VALUES = {
    "Month": ["2026-10", "2026-13", "0000-00", "9999-12", "", "x"],
    "EnterpriseNumber": ["0999000129", "0999000128", "0", "", "é" * 10],
    "Decimal": ["7.60", "-1", "1e999", "NaN", "", "99999999999999999999.99"],
    "Upload": ["no file"],
}

for name, values in _VALUES.items():
    schemathesis.graphql.scalar(name, st.sampled_from(values).map(nodes.String))
