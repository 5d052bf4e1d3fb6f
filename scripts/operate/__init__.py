"""What is deployed, looked after: its health, its logs, its dead letters, what people think."""
