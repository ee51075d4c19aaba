"""`mandaat receipt`: whether a receipt is real, offline: no server, no database, no account."""

from pathlib import Path

from cyclopts import App

from domain.errors import InvalidValue
from filing.receipts import Receipt, keys_in, verify_receipt
from server.commands.files import text_of

receipt_app = App(name="receipt", help="Receipts of collective files, offline.")


@receipt_app.command
def verify(file: Path, /, *, keys: Path) -> tuple[str, int]:
    """Check the signature of a receipt; ends with 0 when it is right, 1 when it is wrong, 2 when it could not run.

    Parameters
    ----------
    file
        The receipt: JSON with `content` and `signature`, as `CollectiveFile.receipt` gives them.
    keys
        The published keys: what `/.well-known/mandaat-receipt-keys.json` of the department's server says.
    """
    receipt, published = Receipt.parse(text_of(file)), keys_in(text_of(keys))
    if not verify_receipt(receipt, published):
        return f"wrong: {file} was not signed by one of these keys, or was changed afterwards", 1
    said = receipt.values
    if not {"sender", "reference", "sha256"} <= said.keys():
        # The same key signs heads of the audit trail.
        raise InvalidValue("receipt", found=receipt.content[:40], expected="what a receipt says")
    return f"right: {said['sender']} sent {said['reference']}, SHA-256 {said['sha256']}", 0
