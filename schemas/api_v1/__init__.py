"""`/v1` of the HTTP API: what is asked and answered, as the Belgian REST guide has it."""
