"""The business rules, one module a group; `catalogue` lists them, `running` runs them."""

from validation.rules.catalogue import DETECTED_ELSEWHERE, KEEPS_OUT, RULES
from validation.rules.running import (
    check_employee,
    check_employees,
    check_employments,
    check_envelope,
    check_file,
    check_month_of_part,
    check_number,
    check_offer,
    check_part,
    check_register,
    check_repeat,
)

__all__ = [
    "DETECTED_ELSEWHERE",
    "KEEPS_OUT",
    "RULES",
    "check_employee",
    "check_employees",
    "check_employments",
    "check_envelope",
    "check_file",
    "check_month_of_part",
    "check_number",
    "check_offer",
    "check_part",
    "check_register",
    "check_repeat",
]
