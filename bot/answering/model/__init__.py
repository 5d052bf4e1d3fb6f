"""The language model: its prompt, its calls, its embeddings."""
