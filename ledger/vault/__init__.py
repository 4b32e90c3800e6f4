"""The identity vault: which national numbers are behind an account, encrypted, and away from it."""
