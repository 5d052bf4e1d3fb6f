"""Documents of any format, made into the index that the workers search."""
