"""Public pages, no login: search, apply, progress, the record of a case (公开)."""
