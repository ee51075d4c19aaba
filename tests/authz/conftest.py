"""The table of the shipped policy."""

import policies
import pytest

from authz.decision_table import DecisionTable


@pytest.fixture(scope="session")
def table() -> DecisionTable:
    return policies.load(policies.SHIPPED)
