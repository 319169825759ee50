"""Anki's packages, in and out.

archive      open the zip file safely, within limits
collection   its database, legacy (schema 11) and newest (schema 18)
template     fields and templates to question and answer, cloze deletions among them
media        the names of its pictures, and what they are
importing    all that into the journey
exporting    cards of the journey into a package
"""
