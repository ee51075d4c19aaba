"""What a sentence calls a part: its convention and its month."""

from domain.months import Month
from validation.masking import shown


def convention_and_month(convention: str, month: Month) -> dict[str, str]:
    """Values for a sentence; the convention number is any text that a sender wrote, so it is cut and masked."""
    return {"convention": shown(convention), "month": str(month)}
