"""The fault matrix: what the agent says when something breaks, what goes on, and how it recovers."""
