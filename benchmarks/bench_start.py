"""What a start takes: the first and the second, the web server until its first page; and the memory of it all (PSS).

Run it with `.venv/bin/python benchmarks/bench_start.py [--times 3] [--pages 150]`: it starts the demo from a copy of
the code, with the packages that are installed, and throws it away. Memory is read after each sort of user has opened
so many pages. The processor time tells the truth on a machine that is busy otherwise.
"""

import argparse
import http.client
import os
import re
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
USERS = ("admin@demo", "treasurer@demo", "dispatch@demo", "volunteer@demo", "worker@muster", "manager@muster")
SIGN_IN = """
from django.test import Client
from people.models import User
for user in User.objects.filter(email__in=%r):
    client = Client()
    client.force_login(user)
    print(client.cookies["sessionid"].value)
"""
SECOND, FIRST_PAGE = 4.0, 0.9  # seconds: the second start, and the web server until its first page
WEB, ALL = 105, 400  # MiB: the larger web worker, and everything


def main():
    parser = argparse.ArgumentParser(description="Measure the starts of the demo, and its memory.")
    parser.add_argument("--times", type=int, default=3, help="how many second starts (3)")
    parser.add_argument("--pages", type=int, default=150, help="how many pages each user opens (150)")
    options = parser.parse_args()
    from tests import running

    with tempfile.TemporaryDirectory() as place, running.checkout(Path(place, "house")) as folder:
        first = start_once(running, folder)
        seconds = [start_once(running, folder) for _time in range(options.times)]
        print(f"first start   {first[0]:6.1f} s  {first[1]:6.1f} s of processor")
        wall, processor = (statistics.median(column) for column in zip(*seconds, strict=True))
        print(f"second start  {wall:6.1f} s  {processor:6.1f} s of processor  {wall / SECOND:.2f} of the {SECOND} s")
        wall, processor = first_page(folder)
        print(
            f"first page    {wall:6.2f} s  {processor:6.2f} s of processor  {wall / FIRST_PAGE:.2f} of {FIRST_PAGE} s"
        )
        with running.supervisor(folder) as process:
            url = running.until_ready(process)
            for cookie in sessions(folder):
                open_pages(urlsplit(url).netloc, cookie, options.pages)
            report(running, process.pid)
            process.terminate()
            process.wait()


def start_once(running, folder):
    """Seconds until it has said that it is ready and has ended, and those of the processor, Postgres included."""
    before, began = used(), time.monotonic()
    with running.supervisor(folder) as process:
        running.until_ready(process)
        seconds = time.monotonic() - began
        process.terminate()
        process.wait()
    return seconds, used() - before


def used():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def first_page(folder):
    """gunicorn alone, on the demo's static files, until it answers: it needs neither database nor broker for that."""
    before, began = used(), time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as port:
        port.set_inheritable(True)
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"fd://{port.fileno()}", "--workers", "2"],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "DEMO": "1", "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
            pass_fds=[port.fileno()],
            stderr=subprocess.DEVNULL,
        )
        get(port.getsockname(), "/static/app.css")
        seconds = time.monotonic() - began
        server.terminate()
        server.wait()
    return seconds, used() - before


def get(address, path, **headers):
    connection = http.client.HTTPConnection(*address, timeout=60)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        connection.close()


def sessions(folder):
    """One signed-in session for each sort of user."""
    emails = [f"{name}.example" for name in USERS]
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", SIGN_IN % emails]
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder / ".data")}
    asked = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return asked.stdout.split()


def open_pages(netloc, cookie, pages):
    """Follow the links from the first page on, each address once."""
    host, port = netloc.split(":")
    waiting, seen = ["/home/"], {"/home/"}
    while waiting and len(seen) - len(waiting) < pages:
        _status, text = get((host, int(port)), waiting.pop(0), Host=netloc, Cookie=f"sessionid={cookie}")
        for path in re.findall(r'href="(/[^"#]*)"', text.replace("&amp;", "&")):
            if path not in seen and not path.startswith(("/static/", "/accounts/logout")):
                seen.add(path)
                waiting.append(path)


def report(running, supervisor):
    """The memory of each process, and of all."""
    found, web = Counter(), 0
    for pid in {supervisor, *running.family(supervisor)}:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
            size = int(re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)[1])
        except OSError:  # one that has just ended
            continue
        words = {"supervisor": "supervisor", "gunicorn": "web", "config worker": "worker"}
        name = next((name for word, name in words.items() if word in command), "servers")
        found[name] += size
        web = max(web, size if name == "web" else 0)
        print(f"{size / 1024:8.1f} MiB  {name:10}  {command[:80]}")
    for name, size in found.most_common():
        print(f"{name:10}  {size / 1024:6.1f} MiB")
    print(f"web worker  {web / 1024:6.1f} MiB  {web / 1024 / WEB:.2f} of the {WEB} MiB")
    print(f"all         {found.total() / 1024:6.1f} MiB  {found.total() / 1024 / ALL:.2f} of the {ALL} MiB")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    main()
