"""The demo: an invented association on the real register, for `manage.py load_demo` only.

Names, streets and organisations are made up; communes and postcodes are real. What happens to each request and
laptop is told in Python from a seed (`stories`, `laptops`) and written by a few set-based statements (`writing`,
`books`, `trails`), as drafts first and issued after, so that every constraint and trigger holds as in real work.
"""
