"""What areas tell the service, where it is much: parts alone, as in `dws.operations`."""
