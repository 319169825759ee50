"""The sections of a report, a file each: ``section(view)`` answers one question, or None."""
