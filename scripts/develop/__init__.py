"""The development loop: saved code answers at once, on this machine and in dev."""
