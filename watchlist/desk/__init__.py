"""The watchlist desk in Django's admin, a file for each kind of row."""
