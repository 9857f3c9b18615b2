import gzip
import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage

from config.navigation import ASSOCIATION
from web.static_files import StaticFiles

BUDGET = 100_000  # bytes of a first page of the association: fonts and icons, too
STYLE = "p { background: url('fonts/letters.woff2') }\n" + "p { color: #123456 }\n" * 50
FILES = {
    "app.css": STYLE,
    "fonts/letters.woff2": "letters" * 50,
    "vendor/letters.ttf": "letters" * 50,
    "drf_spectacular_sidecar/docs.js": "//# sourceMappingURL=docs.js.map\n" + "let a = 1;\n" * 50,
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def collect(folder):
    """The storage after collecting what lies in the folder."""
    storage = StaticFiles(location=folder, base_url="/static/")
    for _name, _stored_name, done in storage.post_process({name: (FileSystemStorage(folder), name) for name in FILES}):
        assert not isinstance(done, Exception), done
    return storage


def test_ours_have_a_name_that_changes_with_them_and_lie_there_packed(folder):
    url = collect(folder).url("app.css")
    assert re.fullmatch(r"/static/app\.[0-9a-f]{12}\.css", url)
    assert re.search(settings.WHITENOISE_IMMUTABLE_FILE_TEST, url)  # so a browser keeps it for ever
    stored = folder / url.removeprefix("/static/")
    content = stored.read_bytes()
    assert b"url('fonts/letters.woff2')" not in content
    assert brotli.decompress(Path(f"{stored}.br").read_bytes()) == content
    assert gzip.decompress(Path(f"{stored}.gz").read_bytes()) == content


def test_nothing_is_packed_that_nobody_asks_for_or_that_is_packed_already(folder):
    stored = collect(folder).stored_name("app.css")
    packed = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.suffix in (".br", ".gz")}
    assert packed == {f"{stored}.br", f"{stored}.gz"}


def test_files_of_packages_stay_as_they_are(folder):
    storage = collect(folder)
    assert storage.url("drf_spectacular_sidecar/docs.js") == "/static/drf_spectacular_sidecar/docs.js"
    assert [path.name for path in (folder / "drf_spectacular_sidecar").iterdir()] == ["docs.js"]


def test_names_are_those_in_the_code_before_anything_is_collected(tmp_path):
    assert StaticFiles(location=tmp_path, base_url="/static/").url("app.css") == "/static/app.css"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ASSOCIATION)
def test_a_first_page_weighs_no_more_than_its_budget(client, make_user, role):
    client.force_login(make_user("somebody@example.org", role))
    page = client.get("/home/", follow=True).content
    linked = set(re.findall(r'(?:href|src)="/static/([^"#]+)', page.decode()))
    assert {"app.css", "icons.svg", "fonts/ahn-latin.woff2"} < linked
    assert len(page) + sum(weight(settings.STATIC_ROOT / name) for name in linked) <= BUDGET


def weight(path):
    """Bytes on the wire."""
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(brotli.compress(content))
