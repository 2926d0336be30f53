"""Campaigns that kill, flood, fuzz and search, each printing its figures; `tests/e2e` runs them at a small size."""
