"""Models made of many models: averages, votes, and sums grown one after another."""

__all__: list[str] = []
