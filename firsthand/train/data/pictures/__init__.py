"""Pictures, with a class each or with a mask: from folders, zips and the files of known sets."""
