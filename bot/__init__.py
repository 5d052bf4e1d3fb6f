"""What is deployed, and nothing else."""
