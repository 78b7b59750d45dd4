"""The composition root: settings, urls and commands. Only this room reads clock and environment."""
