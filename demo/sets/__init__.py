"""What stays sets: plans copied into temporary tables, and one INSERT … SELECT per table of the records.

Drafts come first and are issued after, so that every constraint and trigger holds as in real work. A test holds what
is written here to what the actions write in the walk.
"""
