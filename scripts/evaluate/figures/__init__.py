"""What is counted of a run, and how sure it is."""
