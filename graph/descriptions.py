"""What each value of an enum and each argument means: the descriptions that Python has no place for.

An enum of the domain has values and no texts; every mutation takes `input`, and every list `filter`. They are filled in
when the schema is made, and a test holds that nothing is left without.
"""

from collections.abc import Mapping
from typing import Final

from graphql import GraphQLEnumType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema

ARGUMENTS: Final[Mapping[str, str]] = {
    "id": "The opaque id of the thing.",
    "ids": "Opaque ids, at most as many as a page may have items.",
    "filter": "Which of them; what is left out narrows nothing.",
    "input": "What is to be done.",
    "month": "The month that it is about; the current one when left out.",
}

VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "OrganisationKind": {
        "PROMOTOR": "Employs people under conventions (promotor).",
        "SECRETARIAT": "Files for promotors (sociaal secretariaat).",
        "DEPARTMENT": "Takes the files in (Departement WSE).",
    },
    "Role": {
        "PROMOTOR": "Answers for the performance files of his organisation (promotor).",
        "UPLOADER": "Uploads for a secretariat, never submits (oplader).",
        "SUBMITTER": "Uploads and submits for a secretariat (indiener).",
        "LOCAL_ADMINISTRATOR": "Makes people promotor in his own organisation (lokale beheerder).",
        "HELPDESK": "Gives roles to secretariats and admits senders (helpdesk).",
        "CASE_HANDLER": "Decides on submitted files (dossierbeheerder).",
        "AUDITOR": "Reads everything, changes nothing (auditor).",
        "POLICY_ADMINISTRATOR": "Changes the policy (beleidsbeheerder).",
    },
    "Action": {
        "UPLOAD": "Send a collective file (opladen).",
        "FILL_IN": "Make a performance file by hand (invullen).",
        "TEST": "Have a file checked without consequences (testen).",
        "MODIFY": "Change the lines of a performance file (wijzigen).",
        "CONSULT": "Read a performance file (raadplegen).",
        "SUBMIT": "Submit a performance file (aanbieden).",
        "READ_FINANCIAL_REPORTS": "Read what months are worth (financiële rapporten).",
        "READ_CONVENTION": "See a convention (conventie).",
        "GRANT_MANDATE": "Give a secretariat a mandate (mandaat geven).",
        "REVOKE_MANDATE": "Take a mandate back (mandaat intrekken).",
        "READ_MANDATES": "See who holds a mandate (mandaten raadplegen).",
        "READ_ROLES": "See who has which role (rollen raadplegen).",
        "ADMIT": "Admit senders to production (toelaten).",
        "READ_QUALITY": "See the quality of test files (kwaliteit raadplegen).",
        "DECIDE": "Accept or refuse a submitted file (beslissen).",
        "READ_POLICY": "Read the policy (beleid raadplegen).",
        "CHANGE_POLICY": "Change the policy (beleid wijzigen).",
        "READ_AUDIT": "Read the audit trail (auditspoor raadplegen).",
    },
    "Programme": {
        "GESCO": "Subsidised contract workers (gesubsidieerde contractuelen).",
        "GESCO_KB474": "Subsidised contract workers of local authorities (KB 474).",
        "DAC": "Third work circuit (derde arbeidscircuit).",
        "WERKERVARING": "Work experience (werkervaring).",
        "SOCIALE_WERKPLAATS": "Sheltered workshop (sociale werkplaats).",
        "INVOEG": "Integration enterprise (invoegbedrijf).",
        "ARBEIDSZORG": "Occupational care (arbeidszorg).",
        "LDE": "Local services economy (lokale diensteneconomie).",
    },
    "MandateLevel": {
        "UPLOAD": "May upload, fill in, test, modify and consult (opladen).",
        "SUBMIT": "May submit as well (aanbieden).",
    },
    "PerformanceFileState": {
        "DRAFT": "Made or changed, not tested since (ontwerp).",
        "TESTED": "Tested as it is now (getest).",
        "SUBMITTED": "Submitted, waits for a decision (aangeboden).",
        "ACCEPTED": "Accepted by a case handler (aanvaard).",
        "REFUSED": "Refused by a case handler (geweigerd).",
        "WITHDRAWN": "Taken back before a decision (ingetrokken).",
    },
    "Source": {
        "COLLECTIVE_FILE": "From a collective file (collectief bestand).",
        "BY_HAND": "Filled in by hand (manueel).",
    },
    "Severity": {
        "FILE": "Nothing of the file is loaded.",
        "BLOCKING": "This part cannot be submitted.",
        "WARNING": "Probably wrong; keeps nothing back.",
        "INFO": "Good to know.",
    },
    "Happening": {
        "UPLOADED": "Came in with a collective file (opgeladen).",
        "FILLED_IN": "Made by hand (ingevuld).",
        "MODIFIED": "Lines were changed (gewijzigd).",
        "TESTED": "Was checked (getest).",
        "SUBMITTED": "Was submitted (aangeboden).",
        "WITHDRAWN": "Was taken back (ingetrokken).",
        "ACCEPTED": "A case handler accepted it (aanvaard).",
        "REFUSED": "A case handler refused it (geweigerd).",
    },
    "Relation": {
        "OWNER": "The acting organisation is the promotor of the convention.",
        "MANDATED_TO_UPLOAD": "It holds a mandate to upload.",
        "MANDATED_TO_SUBMIT": "It holds a mandate to submit.",
        "OWN_ORGANISATION": "The thing is of its own organisation.",
        "DEPARTMENT": "It is the department.",
        "BLOCKED": "It is blocked; added to the others.",
        "NOT_ADMITTED": "It is not admitted to production; added to the others.",
        "SELF": "The user would give himself something; added to the others.",
    },
    "Lack": {
        "FIRST_MANDATE": "There is no mandate of the promotor (eerste mandaat).",
        "MANDATE_PERIOD": "The mandate does not cover this month.",
        "MANDATE_LEVEL": "The mandate does not reach that far.",
        "ROLE": "The user does not have the role (tweede mandaat).",
        "ADMISSION": "The organisation is not admitted to production.",
        "BLOCKED": "The organisation is blocked.",
        "SELF": "Nobody gives this to himself.",
        "NOT_FORESEEN": "The policy foresees this for nobody in this place.",
    },
    "Ask": {
        "PROMOTOR": "The promotor of the convention.",
        "HELPDESK": "The helpdesk of the department.",
        "LOCAL_ADMINISTRATOR": "The local administrator of the organisation (lokale beheerder).",
        "NOBODY": "Nobody can change this.",
    },
    "Mode": {
        "TEST": "To try out; nothing is loaded.",
        "PRODUCTION": "For real.",
    },
    "CollectiveFileState": {
        "RECEIVED": "The bytes are safe; waits for a worker (ontvangen).",
        "CHECKING": "A worker is at it (in controle).",
        "PROCESSED": "Checked; good parts are loaded (verwerkt).",
        "REJECTED": "An error of the whole file: nothing is loaded (verworpen).",
        "NOT_FULLY_CHECKED": "A check could not run: nothing counts as valid (niet volledig gecontroleerd).",
    },
    "UnfinishedReason": {
        "WORKER_DIED": "Checking broke off twice.",
        "BYTES_MISSING": "The stored bytes are gone.",
        "BYTES_CHANGED": "The stored bytes are not those of the receipt.",
        "CHECK_FAILED": "A check of ours broke off.",
    },
    "Verdict": {
        "VALID": "Every check ran, and nothing keeps the file back.",
        "INVALID": "Something keeps the file, or a part of it, back.",
        "NOT_FULLY_CHECKED": "A check could not run.",
    },
    "StageState": {
        "DONE": "It ran to its end.",
        "SKIPPED": "It did not run, because of what an earlier stage found.",
        "FAILED": "It broke off.",
    },
    "DeliveryStatus": {
        "NEW": "A first delivery (1).",
        "REPLACED": "Replaces an earlier one (2).",
        "DELETED": "Takes an earlier one back (3).",
    },
    "PartOutcome": {
        "LOADED": "Became a performance file.",
        "LOADED_WITH_BLOCKING_FINDINGS": "Became a draft that has to be mended before it can be submitted.",
        "NOT_LOADED": "Was left out; its findings say why.",
    },
    "FaultLevel": {
        "ERROR": "The policy is refused.",
        "CONFIRMATION": "The policy is taken only when this is confirmed.",
        "WARNING": "Good to know before the policy is taken.",
    },
    "PolicyFileState": {
        "IN_FORCE": "It says what is in force.",
        "EDITED": "An edit that is taken up within seconds.",
        "WAITING": "An edit that waits in `Policy.proposals`, for an administrator to confirm or two to approve.",
        "OLDER": "It says what an older version said, and is left aside; `policyRollback` goes back.",
        "REFUSED": "It is not acceptable; `faults` says why, and the policy in force stays.",
        "UNREADABLE": "It is not there, or cannot be read.",
    },
    "AuditOutcome": {
        "DONE": "It was done.",
        "REFUSED": "It was refused for want of a right.",
    },
    "Judgement": {
        "ACCEPT": "Accept it (aanvaarden).",
        "REFUSE": "Refuse it (weigeren).",
    },
}


def describe(schema: GraphQLSchema) -> None:
    """Fill in what has no description of its own."""
    for name, kind in schema.type_map.items():
        if isinstance(kind, GraphQLEnumType):
            for value_name, value in kind.values.items():
                value.description = value.description or VALUES.get(name, {}).get(value_name)
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field in kind.fields.values():
                for argument_name, argument in field.args.items():
                    argument.description = argument.description or ARGUMENTS.get(argument_name)
