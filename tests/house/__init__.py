"""How the house is built, in figures: `python -m tests.house.figures`."""
