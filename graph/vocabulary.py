"""Closed vocabularies of which several modules speak, each made an enum of the contract once, before anyone uses it."""

import strawberry

from domain.vocabulary import Mode, Programme

strawberry.enum(Mode, description="Whether something is sent to production or to test.")
strawberry.enum(Programme, description="Employment programmes (tewerkstellingsprogramma's).")

__all__ = ["Mode", "Programme"]
