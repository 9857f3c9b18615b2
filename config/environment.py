"""Reads the environment: what can't be used stops the start with one sentence that names the variable."""

import logging
import os
from urllib.parse import urlsplit

import environ

YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def refuse(sentence):
    """Stop with one sentence that says what to do, and exit code 1."""
    raise SystemExit(f"Weitergabe can't start: {sentence}")


class Environment(environ.Env):
    """django-environ's, with a sentence where that one has a traceback or takes anything; empty is as not set."""

    def get_value(self, var, cast=None, default=environ.Env.NOTSET, parse_default=False):
        word = os.environ.get(var, "")
        if default is not self.NOTSET and not word:
            return default
        if word.startswith("$"):  # as a key may: that one would look for a variable of this name
            return self.parse_value(word, cast or str)
        return super().get_value(var, cast, default, parse_default)

    def bool(self, name, *, default):
        word = os.environ.get(name, "").lower()
        if word and word not in YES | NO:
            refuse(f"{name} is neither 1 nor 0.")
        return word in YES if word else default

    def number(self, name, *, default):
        word = os.environ.get(name, "") or str(default)
        if not (word.isascii() and word.isdecimal()):
            refuse(f"{name} is no whole number. Write {default}, for example.")
        return int(word)

    def level(self, name, *, default):
        word = os.environ.get(name, "").upper() or default
        if word not in logging.getLevelNamesMapping():
            refuse(f"{name} is no level of a log. Write DEBUG, INFO, WARNING or ERROR.")
        return word

    def database(self, name, *, default=environ.Env.NOTSET):
        sentence = f"{name} is no address of a PostgreSQL database. Write postgresql://login:password@host/name."
        return self._parsed(name, ("postgresql", "postgres"), sentence, self.db_url_config, default)

    def broker(self, name, *, default):
        sentence = f"{name} is no address of a Redis or Valkey. Write redis://host:6379/0."
        return self._parsed(name, ("redis", "rediss"), sentence, str, default)

    def mail(self, name, *, default):
        sentence = f"{name} is no address of a mail server. Write smtp+tls://user:password@host:587."
        return self._parsed(name, tuple(self.EMAIL_SCHEMES), sentence, self.email_url_config, default)

    def _parsed(self, name, schemes, sentence, parse, default):
        address = self(name, default=default)
        try:
            split = urlsplit(address)
            if split.scheme not in schemes or split.port == 0:  # a port that is none raises
                refuse(sentence)
            return parse(address)
        except ValueError:
            refuse(sentence)
