import re

import pytest

pytestmark = pytest.mark.django_db


def menu(client, path):
    """The words of the wide menu's bar and of what is folded in it."""
    page = client.get(path).content.decode()
    bar = re.search(r'<ul class="wg-nav">(.*?)</nav>', page, re.DOTALL).group(1)
    folded = re.search(r"<details data-menu>(.*?)</details>", bar, re.DOTALL)
    rest = folded.group(1) if folded else ""
    return re.findall(r'<a href="([^"]+)"', bar.replace(rest, "")), re.findall(r'<a href="([^"]+)"', rest), rest


def test_an_admin_finds_month_end_payments_and_settings_behind_more(client, admin):
    client.force_login(admin)
    bar, folded, rest = menu(client, "/home/")
    assert bar[:7] == ["/home/", "/requests/", "/requests/queue/", "/desk/", "/partners/", "/devices/", "/rounds/"]
    assert folded == ["/invoices/", "/invoices/month-end/", "/payments/", "/jobs/", "/help/feedback/", "/settings/"]
    assert "<summary>More</summary>" in rest


def test_where_one_is_shows_also_while_it_is_folded(client, admin):
    client.force_login(admin)
    _bar, _folded, rest = menu(client, "/settings/")
    assert "<summary><b>Settings</b></summary>" in rest
    assert '<a href="/settings/" aria-current="page">' in rest


def test_a_short_menu_folds_nothing(client, make_user):
    client.force_login(make_user("treasurer@example.org", "treasurer"))
    bar, folded, _rest = menu(client, "/home/")
    assert bar[:6] == ["/home/", "/invoices/month-end/", "/invoices/", "/payments/", "/partners/", "/settings/"]
    assert folded == []
