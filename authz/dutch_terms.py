"""The Dutch terms of the roles, relations and actions: what people in the field call them."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.vocabulary import Action, Relation, Role

ROLE_TERMS: Mapping[Role, str] = MappingProxyType(
    {
        Role.PROMOTOR: "promotor",
        Role.UPLOADER: "oplader",
        Role.SUBMITTER: "indiener",
        Role.LOCAL_ADMINISTRATOR: "lokale beheerder",
        Role.HELPDESK: "helpdesk",
        Role.CASE_HANDLER: "dossierbeheerder",
        Role.AUDITOR: "auditor",
        Role.POLICY_ADMINISTRATOR: "beleidsbeheerder",
    }
)

RELATION_TERMS: Mapping[Relation, str] = MappingProxyType(
    {
        Relation.OWNER: "eigenaar",
        Relation.MANDATED_TO_UPLOAD: "gemandateerd om op te laden",
        Relation.MANDATED_TO_SUBMIT: "gemandateerd om aan te bieden",
        Relation.OWN_ORGANISATION: "eigen organisatie",
        Relation.DEPARTMENT: "departement",
        Relation.BLOCKED: "geblokkeerd",
        Relation.NOT_ADMITTED: "niet toegelaten",
        Relation.SELF: "zichzelf",
    }
)

ACTION_TERMS: Mapping[Action, str] = MappingProxyType(
    {
        Action.UPLOAD: "opladen",
        Action.FILL_IN: "invullen",
        Action.TEST: "testen",
        Action.MODIFY: "wijzigen",
        Action.CONSULT: "raadplegen",
        Action.SUBMIT: "aanbieden",
        Action.READ_FINANCIAL_REPORTS: "financiële rapporten raadplegen",
        Action.READ_CONVENTION: "conventie raadplegen",
        Action.GRANT_MANDATE: "mandaat toekennen",
        Action.REVOKE_MANDATE: "mandaat intrekken",
        Action.READ_MANDATES: "mandaten raadplegen",
        Action.READ_ROLES: "rollen raadplegen",
        Action.ADMIT: "toelaten",
        Action.READ_QUALITY: "kwaliteit raadplegen",
        Action.DECIDE: "beslissen",
        Action.READ_POLICY: "beleid raadplegen",
        Action.CHANGE_POLICY: "beleid wijzigen",
        Action.READ_AUDIT: "audit raadplegen",
    }
)

MEANT_BY: Mapping[str, str] = MappingProxyType(
    {
        term.replace(" ", "_"): word.value
        for terms in (ROLE_TERMS, RELATION_TERMS, ACTION_TERMS)
        for word, term in terms.items()
    }
    | {"indienen": Action.SUBMIT.value, "toegestaan": "allow", "weigeren": "deny", "geweigerd": "deny"}
)
"""The word of the policy file for a Dutch term, spaces written as underscores."""
