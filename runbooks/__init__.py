"""Runbooks: the documents on the shelf, the engine that runs them, the commands."""
