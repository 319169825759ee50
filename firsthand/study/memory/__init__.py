"""What keeps things known: one schedule for cards and exercises, reviews, Anki and CSV."""
