"""What the code means to Nest: facts of one file, and the model of all files."""
