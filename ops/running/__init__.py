"""The product at work: its processes, the API among them, until told to stop."""
