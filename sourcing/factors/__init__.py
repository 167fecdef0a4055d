"""The factors of the fit: one small module each, a pure function over columns, NaN where nothing is known."""
