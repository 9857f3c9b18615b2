"""What stays sets: plans copied into temporary tables, then one INSERT … SELECT per table of the records.

Invoices come as drafts first and are issued after, so that every constraint and trigger holds as in real work. A test
holds what is written here to what the actions write in the walk.
"""
