"""Reads, checks, plans and runs runbooks, and tells what was done."""
