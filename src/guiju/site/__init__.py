"""Settings, urls and commands: the composition root, and the only reader of the clock."""
