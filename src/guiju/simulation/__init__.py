"""A city's year, invented from its packs, with misconduct of every kind and the truth of it."""
