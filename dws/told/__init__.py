"""Replies of areas that are told much: one module per area, as in `dws.operations`."""
