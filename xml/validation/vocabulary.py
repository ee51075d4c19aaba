"""The Dutch names of the collective file, once; everything else speaks the English words of the glossary."""

NAMESPACE = "urn:x-mandaat:collective:1"
NAMESPACE_OF_ANY_MAJOR = "urn:x-mandaat:collective:"
ACCEPTED_SCHEMA_VERSIONS = ("1.0",)
# What is white space in XML; Python's own `strip` takes more.
XML_SPACE = " \t\r\n"

FILE = "CollectiefPrestatiebestand"
HEADER = "Hoofding"
PROMOTOR = "Promotor"
PART = "Prestatiestaat"
EMPLOYEE = "Werknemer"
EMPLOYMENT = "Tewerkstelling"
LINE = "Prestatielijn"
ENTERPRISE_NUMBER = "Ondernemingsnummer"

# Elements that repeat: a path always gives their ordinal, `Werknemer[3]`.
REPEATING = frozenset({PROMOTOR, PART, EMPLOYEE, EMPLOYMENT, LINE})
KNOWN_ELEMENTS = REPEATING | {
    FILE,
    HEADER,
    ENTERPRISE_NUMBER,
    *("Bestandsreferentie", "Omgeving", "Aanmaaktijdstip", "Verzender", "Software", "Controletotalen"),
    *("Conventienummer", "Programma", "Prestatiemaand", "INSZ", "Werkgever", "Arbeidsregime"),
    *("Prestatiecode", "Dagen", "Uren", "Van", "Tot"),
}


def tag(name: str) -> str:
    """The name as lxml writes it."""
    return f"{{{NAMESPACE}}}{name}"
