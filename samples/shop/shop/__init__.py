"""A shop in miniature that leaks. See README.md for the answer that holdfast gives."""
