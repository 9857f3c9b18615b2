import ast
import os
import re
import tomllib
from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path

import yaml
from rest_framework import compat, test

ROOT = Path(__file__).resolve().parent.parent
DEPENDENCIES = ROOT / "docs" / "decisions" / "0001-dependencies.md"


def test_requests_is_our_app_and_nothing_installed_needs_the_library():
    assert Path(find_spec("requests").origin).parent == ROOT / "requests"
    needing = [
        distribution.name
        for distribution in distributions()
        for requirement in distribution.requires or []
        if requirement.split(";")[0].strip().rstrip("<>=!~0123456789. ").lower() == "requests"
        and "extra ==" not in requirement
    ]
    assert needing == []
    assert not any(distribution.name.lower() == "requests" for distribution in distributions())


def test_drf_does_not_take_our_app_for_the_http_library():
    assert compat.requests is None
    assert test.APIClient


def test_the_lock_files_name_no_hosts():
    for file in (ROOT / "requirements").glob("*.txt"):
        assert "://" not in file.read_text()


def asked_for():
    """The names of the distributions in pyproject.toml, without versions and extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [
        re.match(r"[a-z0-9-]+", line)[0] for line in project["dependencies"] + project["optional-dependencies"]["dev"]
    ]


def test_each_dependency_says_why_it_is_there():
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| .+ \| .+ \|$", DEPENDENCIES.read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(asked_for())


def test_each_part_of_bin_check_is_a_hook_and_explained():
    check = (ROOT / "bin/check").read_text()
    parts = re.search(r'^parts="(.+)"$', check, re.MULTILINE)[1].split()
    assert re.findall(r"^([a-z]+)\(\) \{$", check, re.MULTILINE) == ["run", *parts]
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert {hook["entry"] for hook in repository["hooks"]} == {f"bin/check {part}" for part in parts}
    explained = (DEPENDENCIES.parent / "0008-what-bin-check-checks.md").read_text()
    assert re.findall(r"^\| `([a-z]+)` \|", explained, re.MULTILINE) == parts


def test_decisions_are_numbered_without_a_gap_and_listed():
    decisions = sorted(path.name for path in DEPENDENCIES.parent.glob("[0-9]*.md"))
    assert [name[:4] for name in decisions] == [f"{n:04}" for n in range(1, len(decisions) + 1)]
    listed = re.findall(r"\((\d{4}-[a-z0-9-]+\.md)\)", (DEPENDENCIES.parent / "README.md").read_text())
    assert listed == decisions


def test_each_finding_is_listed_and_can_be_run():
    scripts = sorted((ROOT / "findings").glob("*.sh"))
    listed = re.findall(r"^\| `([a-z0-9_]+\.sh)` \|", (ROOT / "findings/README.md").read_text(), re.MULTILINE)
    assert listed == [script.name for script in scripts]
    assert all(os.access(script, os.X_OK) for script in scripts)


def test_every_link_between_the_docs_leads_to_a_file():
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "findings/README.md"):
        links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
        assert [link for link in links if not (page.parent / link).exists()] == [], page


def test_pure_modules_know_neither_the_database_nor_our_records():
    """import-linter keeps them apart from each other; it can't look inside Django, so that is done here."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (pure,) = [contract["modules"] for contract in contracts if contract["type"] == "independence"]
    for module in pure:
        tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text())
        imported = {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} | {
            name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
        }
        of_django = {name for name in imported if name.startswith("django.")}
        assert all(name.startswith("django.utils.") for name in of_django), (module, of_django)
        assert not imported & {".", "models", "actions", "django"}, (module, imported)


def test_the_recipes_for_contributors_name_files_that_are_there():
    recipes = (ROOT / "CONTRIBUTING.md").read_text().partition("## Recipes")[2]
    assert recipes.count("\n**") >= 12
    paths = {path for path in re.findall(r"`([\w./-]+)`", recipes) if "/" in path and not path.startswith(".venv")}
    assert len(paths) > 25
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []
