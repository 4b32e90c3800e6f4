"""The second implementation of balances: SQL over an export, sharing no code with the domain."""
