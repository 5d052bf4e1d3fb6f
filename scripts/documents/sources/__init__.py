"""Where documents come from: folders and archives, and what is said of each."""
