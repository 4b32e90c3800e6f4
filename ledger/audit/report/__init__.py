"""What a report to auditors tells, as figures: nothing here knows a language or a page."""
