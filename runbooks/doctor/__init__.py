"""Looks for what would keep runs from working; changes nothing, and shows no secret."""
