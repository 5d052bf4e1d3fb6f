"""Documents of any format, read as Markdown."""
