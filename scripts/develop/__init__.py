"""The loop: what is saved is what answers, on this machine and in dev."""
