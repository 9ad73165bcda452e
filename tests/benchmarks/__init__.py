"""
Benchmarks: ``make bench``. They measure speed, each against something beside it in the same run.

pytest does not collect them: a test does not measure.
"""
