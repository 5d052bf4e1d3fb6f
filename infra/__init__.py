"""The CDK app: what StackBot is in an AWS account."""
