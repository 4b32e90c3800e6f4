"""The HTTP API: questions answered from rows, and commands handed to the door."""
