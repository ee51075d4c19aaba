"""What the XML Schema says about elements, and what its verdicts mean."""
