"""The two numbers that Belgium gives to people and enterprises, with their check digits.

Both have 97 − (number mod 97) as their last two digits, 97 where the remainder is 0. Checked by hand because
a file of 100 MB holds some hundred thousand of them; tests compare with python-stdnum as an independent oracle.
Sources: domain dossier, section 5 (RSZ, Crossroads Bank for Enterprises).
"""

import re
from typing import Self

from domain.errors import InvalidValue

_ELEVEN_DIGITS = re.compile(r"[0-9]{11}")
_ENTERPRISE_NUMBER = re.compile(r"[01][0-9]{9}")
_BORN_FROM_2000 = 2_000_000_000


class Insz(str):
    """A social security identification number (INSZ): eleven digits, check digits right.

    Never shown, logged or put in a URL whole: `str()` of it is the number, `masked` is what people see.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read exactly eleven digits.

        Raises `InvalidValue` with the masked number when the form or the check digits are wrong.
        """
        if _ELEVEN_DIGITS.fullmatch(text) is None or not has_insz_check_digits(text):
            raise InvalidValue("insz", found=mask_insz(text), expected="eleven digits with right check digits")
        return cls(text)

    @property
    def masked(self) -> str:
        return mask_insz(self)


class EnterpriseNumber(str):
    """An enterprise number of the Crossroads Bank (KBO): ten digits, first one 0 or 1, check digits right."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ten digits; dots, spaces and a leading BE are what people type and are taken away.

        Raises `InvalidValue` when the form or the check digits are wrong.
        """
        digits = re.sub(r"[ .]", "", text.strip().upper().removeprefix("BE"))
        if _ENTERPRISE_NUMBER.fullmatch(digits) is None or not has_enterprise_check_digits(digits):
            raise InvalidValue("enterpriseNumber", found=text[:40], expected="ten digits with right check digits")
        return cls(digits)


def has_insz_check_digits(digits: str) -> bool:
    """Whether eleven digits end in their check digits, for someone born before or from 2000."""
    number, check = int(digits[:9]), int(digits[9:])
    return check in (97 - number % 97, 97 - (number + _BORN_FROM_2000) % 97)


def has_enterprise_check_digits(digits: str) -> bool:
    """Whether ten digits end in their check digits."""
    return int(digits[8:]) == 97 - int(digits[:8]) % 97


def has_insz_date_range(digits: str) -> bool:
    """Whether month and day of an INSZ can occur: 00 counts, months +20 or +40 are bis numbers."""
    month, day = int(digits[2:4]), int(digits[4:6])
    return (month <= 12 or 20 <= month <= 32 or 40 <= month <= 52) and day <= 31


def mask_insz(text: str) -> str:
    """The first and last two characters of what stands where an INSZ should; the rest hidden."""
    return f"{text[:2]}{'*' * 7}{text[-2:]}" if len(text) > 4 else "*" * len(text)
