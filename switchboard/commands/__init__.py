"""The command line, a file per group of commands. Anything costly is imported inside the command that needs it."""
