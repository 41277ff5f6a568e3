"""The project's own rules, checked the way any other behaviour is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "kpi").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
OURS = [*MODULES, *PAGES, ROOT / "dashboard.py"]
HOME = {
    "duckdb": {"kpi/store"},
    "openpyxl": {"kpi/workbook"},
    "plotly": {"kpi/charts"},
    "pydantic": {"kpi/plan"},
    "click": {"kpi/cli"},
    "argon2": {"kpi/access"},
    "starlette": {"kpi/web"},
    "authlib": {"kpi/web"},
    "httpx2": {"kpi/web"},
    "joserfc": {"kpi/web"},
    "streamlit": {
        "kpi/ui",
        "kpi/accounts",
        "kpi/board",
        "kpi/council",
        "kpi/intake",
        "kpi/journal",
        "kpi/planning",
        "kpi/reporting",
        "kpi/review",
        "kpi/web",
        "kpi/work",
        "pages",
        "dashboard",
    },
}
VIETNAMESE = re.compile(r"[À-ÖØ-öø-ỹĐđ]")
SPEAKERS = {"kpi/vi", *HOME["streamlit"]}
# Spellings that names and headings are matched against are data of the format, not sentences for people.
SPELLING = {"kpi/access", "kpi/workbook", "kpi/units", "kpi/demo"}
UTILITY = {"util", "utils", "helper", "helpers", "common", "misc"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lives_in(path: Path, homes: set[str]) -> bool:
    stem = name(path).removesuffix(".py")
    return any(stem == home or stem.startswith(f"{home}/") for home in homes)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (a.name.split(".")[0] for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def statements(path: Path) -> list[ast.stmt]:
    """The body of a module after its docstring and imports."""
    body = ast.parse(path.read_text("utf-8")).body
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    return [n for n in body if not isinstance(n, ast.Import | ast.ImportFrom)]


def strings(path: Path) -> Iterator[str]:
    """What a module could say: its string constants, but neither docstrings nor comments."""
    tree = ast.parse(path.read_text("utf-8"))
    silent = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.value


def test_there_are_pages_in_the_folders_that_are_rights():
    assert {p.parent.name for p in PAGES} == {
        "progress",
        "submission",
        "original",
        "office",
        "plan",
        "record",
        "admin",
    }


def test_no_page_lies_where_streamlit_would_serve_it_unasked():
    """Streamlit 1.67 serves pages/*.py by URL before dashboard.py has run; it does not look deeper."""
    assert list((ROOT / "pages").glob("*.py")) == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_asks_for_the_right_of_its_folder_before_anything_else(path):
    assert f"ui.require('{path.parent.name}')" in ast.unparse(statements(path)[0])


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_is_short(path):
    assert len(path.read_text("utf-8").splitlines()) <= 60


@pytest.mark.parametrize("path", OURS, ids=name)
def test_each_library_has_one_home(path):
    strangers = {
        library for library in imports(path) if not lives_in(path, HOME.get(library, {name(path)[:-3]}))
    }
    assert not strangers


@pytest.mark.parametrize("path", OURS, ids=name)
def test_vietnamese_is_spoken_by_the_words_and_the_pages_only(path):
    if lives_in(path, SPEAKERS | SPELLING):
        return
    spoken = [text for text in strings(path) if VIETNAMESE.search(text)]
    assert not spoken


@pytest.mark.parametrize("path", OURS, ids=name)
def test_no_page_brings_its_own_html_or_css(path):
    code = path.read_text("utf-8")
    for forbidden in ("unsafe_allow_html", "st.html", "components.v1", "st.components"):
        assert forbidden not in code


@pytest.mark.parametrize(
    "path", [*PAGES, ROOT / "kpi" / "charts.py", *(ROOT / "kpi" / "export").glob("*.py")], ids=name
)
def test_what_shows_or_writes_does_not_judge(path):
    """Verdicts come from kpi.progress: nobody else compares with a target, and no page says SQL."""
    tree = ast.parse(path.read_text("utf-8"))
    compared = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and any(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in node.ops)
        and "target" in ast.unparse(node)
    ]
    assert not compared
    assert not re.search(r"\b(select|insert into)\b", path.read_text("utf-8"))


@pytest.mark.parametrize("path", OURS, ids=name)
def test_a_public_function_says_its_types(path):
    untyped = [
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and (
            node.returns is None
            or any(a.annotation is None for a in node.args.args if a.arg not in {"self", "cls"})
        )
    ]
    assert not untyped


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_module_is_a_drawer_for_odds_and_ends(path):
    assert path.stem not in UTILITY


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_the_number_of_a_reading_is_never_a_float_outside_the_borders(path):
    """A float lives between the cell and the parser, and at the chart; nowhere else is one made."""
    if lives_in(path, {"kpi/charts", "kpi/workbook", "kpi/ui", "kpi/demo"}):
        return
    made = [
        ast.unparse(node)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
    ]
    assert not made


@pytest.mark.parametrize("path", OURS, ids=name)
def test_nobody_catches_everything(path):
    """The net that turns a bug into a lookup code is the server's and the command line's; a parser has its subprocess."""
    caught = [
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
    ]
    assert not caught or lives_in(path, {"kpi/workbook", "kpi/cli/home", "dashboard"})


@pytest.mark.parametrize("path", OURS, ids=name)
def test_today_does_not_enter_the_kernel(path):
    if lives_in(path, {"kpi/ui", "kpi/store", "kpi/demo", "pages", "kpi/cli"}):
        return
    assert not re.search(r"\b(date\.today|datetime\.now|utcnow)\b", path.read_text("utf-8"))
