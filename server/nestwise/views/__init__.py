"""The workspace as tables: what commands print and what editors show in views of their own."""
