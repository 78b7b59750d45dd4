"""Text in, values out: packs and power files. Errors name file, line, key and mend."""
