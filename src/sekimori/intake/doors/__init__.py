"""The doors. Each is independent of the others; `serve` opens those that are asked for."""
