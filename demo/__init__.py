"""The demo: an invented association on the real register, for `manage.py load_demo` only.

Names, streets and organisations are made up; communes and postcodes are real. What is to happen to each request and
laptop is planned in Python from a seed (`plans`, `laptops`). Some forty requests then walk by the actions that people
use (`walk`); the rest is written by a few statements (`sets`), and draws its numbers in between (`sets.numbers`).
"""
