"""What a real site is told: an example that starts, for tests that change a part of it."""

PRODUCTION = {
    "DEMO": "0",
    "SECRET_KEY": "a key of an example production, long enough to be taken for a real one",
    "DATABASE_URL": "postgresql://site:x@127.0.0.1:1/site",
    "ALLOWED_HOSTS": "weitergabe.example.org",
    "BASE_URL": "https://weitergabe.example.org",
    "EMAIL_URL": "smtp+tls://site:x@mail.example.org:587",
    "ASSOCIATION_NAME": "Verein Weitergabe",
    "ASSOCIATION_STREET": "Werkgasse",
    "ASSOCIATION_POSTCODE": "3018",
    "ASSOCIATION_TOWN": "Bern",
    "CREDITOR_IBAN": "CH5800791123000889012",
    "CREDITOR_QR_IBAN": "CH4431999123000889012",
}
