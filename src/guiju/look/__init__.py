"""The page frame and the parts of a page: one stylesheet, lights, forms."""
