"""What StackBot saves between invocations: one DynamoDB table, one module for each kind of item."""
