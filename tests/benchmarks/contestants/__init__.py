"""What the ingress and the worker are measured against. Each runs as a Lambda of its own would."""
