"""What both Lambdas stand on: AWS, settings, logs, the build's name."""
