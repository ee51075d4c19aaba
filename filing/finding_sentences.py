"""What a finding says to the person who must mend it: graph, which may not know validation, finds it here."""

from validation.reporting.described import DescribedFinding, described

__all__ = ["DescribedFinding", "described"]
