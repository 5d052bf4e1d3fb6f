"""What StackBot remembers between invocations: one DynamoDB table, one module per kind of item."""
