"""docs/permissions.md says what the shipped policy says."""

import pytest
from policies import ROOT

from authz.decision_table import DecisionTable
from authz.permissions_page import permissions_page
from domain.decisions import Lack
from domain.vocabulary import Action, Relation, Role

PAGE = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")


def test_the_tables_of_the_page_are_those_of_the_shipped_policy(table: DecisionTable) -> None:
    assert permissions_page(PAGE, table) == PAGE, (
        "write the page again: authz.permissions_page.permissions_page with the shipped policy"
    )


@pytest.mark.parametrize("word", [*Role, *Relation, *Action, *Lack])
def test_the_page_names_every_word_of_the_policy_and_every_lack(word: str) -> None:
    assert f"`{word}`" in PAGE


def test_a_page_without_marks_is_not_written_to(table: DecisionTable) -> None:
    with pytest.raises(ValueError, match="lacks one of its marks"):
        permissions_page("# Who may do what\n", table)
