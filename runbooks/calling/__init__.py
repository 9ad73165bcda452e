"""One operation of the API by its name: find it, tell what it takes, send it."""
