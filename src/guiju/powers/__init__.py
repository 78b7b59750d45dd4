"""The list of powers: read from a pack, checked, published in versions (依法确定权力)."""
