"""The fault matrix: what the agent reports for each fault, what keeps working, and how it recovers."""
