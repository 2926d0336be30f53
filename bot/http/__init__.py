"""What every face on HTTP shares: the guarded application, security headers, error pages, templates, static files."""
