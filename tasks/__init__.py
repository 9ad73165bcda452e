"""
Prefect tasks: one per operation and one per waiter, in the areas of `dws.operations`.

The modules of the areas import Prefect; `tasks.action`, `tasks.operations`, `tasks.run`,
`tasks.store` and `tasks.locks` do not, so that a runbook is checked and planned in milliseconds.
"""
