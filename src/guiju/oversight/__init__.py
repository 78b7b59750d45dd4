"""Oversight 监督: lights and cards, warnings and their answers, boards, scores."""
