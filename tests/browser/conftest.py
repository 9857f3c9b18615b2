import os
import shutil

import pytest
from django.db import connections
from playwright.sync_api import expect, sync_playwright

from config import embedded
from tests import running

# Playwright keeps an event loop in this thread; the ORM is used beside it, never inside it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=60_000)


@pytest.fixture(scope="session")
def chromium(request, django_db_setup):
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "Chromium is missing: bin/test installs it, or says how."
    headed = request.config.getoption("--headed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=QUIET, headless=not headed, slow_mo=500 if headed else 0
        )
        yield browser
        browser.close()
        connections.close_all()  # beside Playwright's loop Django keeps connections of their own


@pytest.fixture
def site(transactional_db, tmp_path):
    """The running system's address: web, worker and clock on this test's database."""
    port = embedded.free_port()
    address = running.address(port)
    with running.web(tmp_path, port=port), running.worker(tmp_path, BASE_URL=address):
        yield address


@pytest.fixture
def visit(chromium, site):
    """Open a browser for one person: `visit("fr")` gives a page with that language and a phone's or desk's width.

    `script=False` is a browser without JavaScript.

    No page may break the content security policy, not even a library's styles after a swap.
    """
    contexts, broken = [], []

    def open_page(language="de", width=1280, script=True):
        context = chromium.new_context(
            base_url=site,
            locale=f"{language}-CH",
            viewport={"width": width, "height": 900},
            service_workers="block",
            java_script_enabled=script,
        )
        context.set_default_timeout(60_000)
        context.on("console", lambda said: broken.append(said.text) if "Content Security Policy" in said.text else None)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert broken == []


@pytest.fixture
def known_passwords(settings):
    """Hash passwords as the site does, which runs beside these tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
