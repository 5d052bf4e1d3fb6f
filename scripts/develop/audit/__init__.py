"""Whether advisory databases know anything against what the lock files pin."""
