"""`python -m server`: the same as the command `mandaat`."""

from server.commands import main

main()
