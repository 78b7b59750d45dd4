"""Template tags of case pages."""
