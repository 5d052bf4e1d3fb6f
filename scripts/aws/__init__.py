"""An AWS account: who is calling it, what is deployed there, what SSM holds."""
