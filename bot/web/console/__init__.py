"""The console's pages, one noun a file; templates of the same names are in bot/web/templates."""
