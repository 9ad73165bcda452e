"""The inspection of clusters: figures of what was told, findings, plots, and the page of it all."""
