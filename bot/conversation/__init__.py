"""One question and its one answer: who may ask, what is read, what is saved."""
