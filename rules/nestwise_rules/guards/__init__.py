"""Who may call this."""
