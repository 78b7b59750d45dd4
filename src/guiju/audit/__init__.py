"""Oversight in bulk 批量监察: event logs in, findings out. No Django."""
