"""The table answers as casbin does, which answers as the lines themselves say."""

from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policies import MODEL, SHIPPED, load, replaced

import authz.decision_table
from authz.decision_table import RefereeDisagrees, compile_rules, load_decision_table
from authz.policy_faults import ModelRefused
from authz.policy_file import read_policy
from authz.referee import model_definitions, rulings_by_casbin
from authz.rulings import Rulings, rulings_by_hand
from domain.decisions import Pair
from domain.vocabulary import Action, Effect, Relation, Role

ROLES, RELATIONS, ACTIONS, EFFECTS = list(Role), list(Relation), list(Action), list(Effect)
ANY = ["*"]

action_lines = st.tuples(
    st.just("p"),
    st.sampled_from([*ROLES, *ANY * 3]),
    st.sampled_from([*RELATIONS, *ANY * 3]),
    st.sampled_from([*ACTIONS, *ANY * 3]),
    st.sampled_from(EFFECTS),
).map(", ".join)
grant_lines = st.tuples(
    st.just("p2"),
    st.sampled_from([*ROLES, *ANY * 3]),
    st.sampled_from([*RELATIONS, *ANY * 3]),
    st.sampled_from([*ROLES, *ANY * 3]),
    st.sampled_from(EFFECTS),
).map(", ".join)
policies = st.tuples(st.lists(action_lines, min_size=1, max_size=6), st.lists(grant_lines, min_size=1, max_size=3)).map(
    lambda sections: [*sections[0], *sections[1]]
)
pairs_held = st.sets(st.tuples(st.sampled_from(ROLES), st.sampled_from(RELATIONS)), max_size=4)


def test_casbin_gives_the_shipped_policy_the_same_rulings_as_its_lines() -> None:
    rules = read_policy(SHIPPED.encode())

    assert rulings_by_casbin(rules, MODEL) == rulings_by_hand(rules)


@settings(max_examples=25, deadline=None)
@given(policies, st.lists(pairs_held, min_size=1, max_size=5))
def test_any_policy_decides_as_its_lines_say(lines: list[str], held: list[set[Pair]]) -> None:
    table = compile_rules(read_policy("\n".join(lines).encode()), MODEL)

    def says(section: str, pairs: set[Pair], last: str, effect: Effect) -> bool:
        fields = [line.split(", ") for line in lines]
        return any(
            kind == section and role in ("*", pair[0]) and relation in ("*", pair[1]) and word in ("*", last)
            for kind, role, relation, word, said in fields
            if said == effect
            for pair in pairs
        )

    for pairs, action in product(held, Action):
        assert table.permits(pairs, action) is (
            says("p", pairs, action, Effect.ALLOW) and not says("p", pairs, action, Effect.DENY)
        )
    for pairs, role in product(held, Role):
        assert table.may_grant(pairs, role) is (
            says("p2", pairs, role, Effect.ALLOW) and not says("p2", pairs, role, Effect.DENY)
        )


def test_a_version_on_which_casbin_and_the_lines_differ_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(rules: object, model_text: str) -> Rulings:
        honest = rulings_by_casbin(read_policy(SHIPPED.encode()), MODEL)
        cell = (Role.PROMOTOR, Relation.BLOCKED, Action.SUBMIT)
        return Rulings({at: ruling for at, ruling in honest.actions.items() if at != cell}, honest.grants)

    monkeypatch.setattr(authz.decision_table, "rulings_by_casbin", forgetful)

    with pytest.raises(RefereeDisagrees):
        load(SHIPPED + "# so that this text was not worked out before\n")


def test_the_same_content_is_worked_out_once_in_a_process() -> None:
    assert load(SHIPPED) is load(SHIPPED)


def test_the_version_follows_what_the_file_says_and_not_how() -> None:
    shuffled = load("\n".join(sorted(SHIPPED.splitlines(), reverse=True)))
    changed, _ = replaced("p, case_handler, department, consult, allow", "")

    assert shuffled.version == load(SHIPPED).version
    assert load(changed).version != load(SHIPPED).version
    assert len(load(SHIPPED).version) == 64


def test_the_version_follows_the_model_and_not_its_comments() -> None:
    commented = load_decision_table(SHIPPED.encode(), f"# another remark\n{MODEL}")

    assert commented.version == load(SHIPPED).version


def test_both_effects_of_the_model_are_the_same_because_casbin_looks_at_the_first_only() -> None:
    definitions = model_definitions(MODEL)

    assert definitions["e2"] == definitions["e"] == "some(where (p_eft == allow)) && !some(where (p_eft == deny))"


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("e = some(where (p.eft == allow)) && !some(where (p.eft == deny))", "e = some(where (p.eft == allow))", "e"),
        (
            "e2 = some(where (p.eft == allow)) && !some(where (p.eft == deny))",
            "e2 = !some(where (p.eft == deny))",
            "e2",
        ),
        ('m = (p.role == "*" ||', 'm = r.role == "helpdesk" || (p.role == "*" ||', "m"),
        ("p2.role == r2.role)", "p2.role == r2.granter)", "m2"),
        ("r = role, rel, act", "r = role, act, rel", "r"),
        ("[matchers]", "[role_definition]\ng = _, _\n\n[matchers]", "g"),
        ("r2 = granter, rel, role", "", "r2"),
        ("[matchers]", "[matchers]\nno definition", "-"),
    ],
)
def test_another_model_than_the_proved_one_is_refused(old: str, new: str, name: str) -> None:
    with pytest.raises(ModelRefused) as refused:
        load_decision_table(SHIPPED.encode(), MODEL.replace(old, new))

    assert refused.value.values["name"] == name


def test_an_empty_model_is_refused() -> None:
    with pytest.raises(ModelRefused):
        load_decision_table(SHIPPED.encode(), "")


def test_the_old_distribution_of_casbin_is_not_installed_beside_the_new_one() -> None:
    with pytest.raises(metadata.PackageNotFoundError):
        metadata.version("casbin")

    assert tuple(int(part) for part in metadata.version("pycasbin").split(".")) >= (2, 8, 0)


def test_simpleeval_has_no_leak_of_modules() -> None:
    """CVE-2026-32640 was mended in 1.0.5; pycasbin itself asks for 1.0.3 only."""
    assert tuple(int(part) for part in metadata.version("simpleeval").split(".")) >= (1, 0, 5)


def test_several_policies_are_worked_out_at_once() -> None:
    """Each in a thread of its own, as requests ask for it."""
    edits = [f"{SHIPPED}p, {role}, department, read_quality, deny\n".encode() for role in ROLES[:4]]

    with ThreadPoolExecutor(len(edits)) as threads:
        tables = list(threads.map(lambda policy: load_decision_table(policy, MODEL), edits))

    assert len({table.version for table in tables}) == len(edits)
