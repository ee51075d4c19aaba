"""What a finding says to the person who must mend it: graph, which may not know validation, finds it here."""

from validation.reporting.sentences import Said, said_of

__all__ = ["Said", "said_of"]
