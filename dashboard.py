"""Start here: `uvicorn dashboard:app`, or `streamlit run dashboard.py`; every session runs `main`."""

from __future__ import annotations

import gc
import logging
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from kpi import vi
from kpi.access import may
from kpi.model import KpiError, Person, Right

HOME = Path(__file__).parent
ICON = HOME / ".streamlit" / "icon.svg"
OVERVIEW = "progress/overview"
# Of each section: the folder and name of a page, its title and its path. The folder is the right one needs.
PAGES = {
    "Theo dõi": (
        (OVERVIEW, "Tổng quan", "tong-quan"),
        ("progress/units", "Tiến độ theo đơn vị", "don-vi"),
        ("progress/indicator", "Một chỉ tiêu", "chi-tieu"),
        ("progress/tasks", "Nhiệm vụ", "nhiem-vu"),
    ),
    "Nộp số liệu": (
        ("submission/upload", "Nạp số liệu", "nap-so-lieu"),
        ("original/history", "Lịch sử nạp", "lich-su-nap"),
    ),
    "Văn phòng Sở": (
        ("office/review", "Duyệt và chốt kỳ", "duyet"),
        ("office/report", "Báo cáo", "bao-cao"),
        ("office/awards", "Bình xét", "binh-xet"),
        ("office/dossier", "Hồ sơ khen thưởng", "ho-so"),
        ("plan/editor", "Kế hoạch", "ke-hoach"),
    ),
    "Giám sát": (("record/events", "Nhật ký", "nhat-ky"),),
    "Quản trị": (
        ("admin/people", "Tài khoản", "tai-khoan"),
        ("admin/backups", "Sao lưu", "sao-luu"),
    ),
}
START = "bat-dau"
PATHS = [START, *(path for pages in PAGES.values() for _, _, path in pages)]
# Who is shown with a password on the sign-in page: nobody, unless it is a demonstration.
DEMO: list[tuple[Person, str]] = []


def main() -> None:
    from kpi import ui

    here = ui.person()
    page = st.navigation(menu(here))
    # A Material icon here, or on a page, would be fetched from the internet as the favicon.
    st.set_page_config(page_title=f"{page.title} – Theo dõi thi đua", page_icon=str(ICON), layout="wide")
    st.logo(str(ICON), size="large")
    ui.show_person(here)
    page.run()


def menu(here: Person) -> dict[str, list[st.Page]]:
    """Every page, in sight only for whom it is; the others say so when their path is typed."""
    # Streamlit gives the default page no path of its own, and answers /tong-quan with "Page not found".
    start = st.Page(go_to_overview, title="Tổng quan", url_path=START, default=True, visibility="hidden")
    sections = {
        section: [
            st.Page(
                HOME / "pages" / f"{file}.py",
                title=title,
                url_path=path,
                visibility="visible" if may(here, Right(file.partition("/")[0])) else "hidden",
            )
            for file, title, path in pages
        ]
        for section, pages in PAGES.items()
    }
    return {"": [start], **sections}


def go_to_overview() -> None:
    from kpi import ui

    overview = HOME / "pages" / f"{OVERVIEW}.py"
    st.switch_page(overview, query_params=ui.address() | st.query_params.to_dict())


def report_error(error: Exception) -> bool:
    """The net under every page: a refusal becomes its sentence, a bug a lookup code and a log entry."""
    from kpi import ui

    code = secrets.token_hex(3)
    if not ui.show_refusal(error):
        logging.getLogger("kpi").error("Mã tra cứu %s", code, exc_info=error)
        st.error(f"Có lỗi ngoài dự kiến. Hãy thử lại; nếu còn lỗi, báo cho quản trị. Mã tra cứu: {code}")
    return True


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """Import and open everything the pages use, then keep the collector away from it: six times faster reruns."""
    from kpi import board, ui

    # Until a session first calls st.navigation, Streamlit would look for the asked page in `pages` by itself.
    PagesManager.uses_pages_directory = False
    view = ui.prepare()
    if view is not None:
        board.overview(view)
    for desk in ("accounts", "council", "intake", "journal", "planning", "review"):
        import_module(f"kpi.{desk}")
    welcome()
    gc.collect()
    gc.freeze()
    yield None
    ui.close()


def welcome() -> None:
    """Say on the console how the first administrator comes in, or the passwords of the demonstration."""
    from kpi import ui

    try:
        DEMO[:] = ui.demonstrate()
        said = vi.welcome(ui.settings().url or local_address(), ui.people().set_up(), DEMO)
    except KpiError as error:
        said = vi.refusal(error)
    print(said, file=sys.stderr, flush=True)  # noqa: T201 - the console is where the machine's owner sits


def local_address() -> str:
    """Where a browser on this machine finds the server, as far as its command line tells."""
    words = " ".join(sys.argv).replace("=", " ").split()
    own = "8000" if "uvicorn" in sys.argv[0] else st.get_option("server.port")
    return f"http://127.0.0.1:{dict(pairwise(words)).get('--port', own)}"


if __name__ == "__main__":
    main()
else:
    from kpi import ui, web

    app = st.App(
        __file__,
        middleware=web.middleware(ui.people, PATHS, demo=lambda: DEMO, settings=ui.settings),
        lifespan=lifespan,
        on_script_error=report_error,
    )
