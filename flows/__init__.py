"""
Flows: one per thing an operator does, each in a file of its name.

`flows.declared` says of each what it takes, gives and does, without Prefect; the flow itself
lies beside it, under the same name.
"""
