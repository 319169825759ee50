"""Neural networks: explicit forward, explicit backward."""
