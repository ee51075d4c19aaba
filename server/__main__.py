"""`python -m server`: the same as the command `mandaat`."""

from server.commands.main import main

if __name__ == "__main__":
    main()
