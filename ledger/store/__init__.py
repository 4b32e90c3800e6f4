"""Names stored events and keeps them: the only write-side room that knows the database."""
