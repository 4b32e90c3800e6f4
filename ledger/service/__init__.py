"""The one write door: loads, decides, appends, retries."""
