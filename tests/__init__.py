"""Tests, by package; `conftest.py` has the emulator, the clock and the Prefect server."""
