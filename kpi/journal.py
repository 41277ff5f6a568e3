"""The record as people read it: what is asked for, in words, and the check that nobody has changed it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import streamlit as st

from kpi import export, ui, vi
from kpi.model import Act, Event, Person, Plan, Right
from kpi.store import Store
from kpi.store.record import read_anchor

_DAYS = timedelta(days=29)
"""Before today: what is shown at first."""
_ROWS = 200
"""On one page."""
_FLAWS = 50
_ALL = "*"
_DIGEST = re.compile(r"\b([0-9a-f]{10})[0-9a-f]{54}\b")


def pick_events(reader: Person) -> list[Event]:
    """The events asked for, newest first; what is asked for stands in the address."""
    people, plans = _people(), ui.plans()
    with st.grid(5, min_column_width=150):
        since = _pick_day("Từ ngày", "tu_ngay", ui.today() - _DAYS)
        until = _pick_day("Đến ngày", "den_ngay", ui.today())
        found = ui.store().record.events(
            reader,
            since=_begin(since) if since else None,
            until=_begin(until + timedelta(days=1)) if until else None,
        )
        who = _pick(
            "Người", "nguoi_nk", {who: vi.who(who, people) for who in {*people, *(e.person for e in found)}}
        )
        act = _pick("Việc", "viec", {act.value: text for act, text in vi.ACTS.items()})
        unit = _pick("Đơn vị", "don_vi_nk", {e.unit: vi.unit_of(e, plans) for e in found if e.unit})
    asked = ((who, "person"), (act, "act"), (unit, "unit"))
    return [e for e in found if all(value in {_ALL, getattr(e, name)} for value, name in asked)]


def _pick_day(label: str, key: str, first: date) -> date | None:
    # Not as the widget's default: Streamlit leaves that out of the address, and a link would drift.
    # Said again on every run, or the browser would not hear of it.
    st.session_state[key] = st.session_state.get(key, first)
    return st.date_input(label, None, key=key, bind="query-params", format="DD/MM/YYYY")


def _pick(label: str, key: str, names: Mapping[str, str]) -> str:
    shown = {_ALL: "Tất cả", **dict(sorted(names.items(), key=lambda pair: pair[1]))}
    return st.selectbox(label, list(shown), format_func=shown.__getitem__, key=key, bind="query-params")


def _begin(day: date) -> datetime:
    """When a day begins in Hà Nội, in UTC without a zone."""
    return datetime.combine(day, time(), vi.HANOI).astimezone(UTC).replace(tzinfo=None)


def _people() -> dict[str, Person]:
    return {person.login: person for person in ui.store().people.everybody()}


def show_events(events: Sequence[Event]) -> None:
    pages = -(-len(events) // _ROWS)
    count = st.empty()
    at = st.pagination(pages, key="trang_nk", bind="query-params") if pages > 1 else 1
    first = (at - 1) * _ROWS
    shown = events[first : first + _ROWS]
    said = f"**{vi.number(len(events))} việc**, mới nhất trước"
    if pages > 1:
        said += f"; đang xem từ {vi.number(first + 1)} đến {vi.number(first + len(shown))}"
    count.markdown(f"{said}.")
    table = in_words(shown, _people(), ui.plans())
    rows = tuple(tuple(_DIGEST.sub(r"\1…", str(text)) for text in row) for row in table.rows)
    ui.show_table(export.Table("", table.headings, rows), "Nhật ký", wrap=30, most=2)


def in_words(
    events: Iterable[Event], people: Mapping[str, Person], plans: Mapping[str, Plan]
) -> export.Table:
    """What people read, on the page and in Excel."""
    names = vi.bound_names(plans.values())
    rows = (
        (
            str(e.id),
            vi.second(e.at),
            vi.who(e.person, people),
            vi.ACTS.get(e.act, e.act),
            vi.subject(e, people),
            vi.unit_of(e, plans),
            vi.quarter_of(e),
            *vi.details(e, names),
        )
        for e in events
    )
    return export.Table("", vi.EVENT_HEADINGS, tuple(rows))


def as_kept(events: Iterable[Event]) -> export.Table:
    """Every fact of every event, untranslated, with its offset and the hashes that chain it to the one before."""
    headings = tuple(field.name for field in fields(Event))
    rows = (
        # "+07:00" alone would be taken for a formula.
        (str(e.id), f"{e.at.isoformat()}Z", f"UTC{e.offset}", *(str(getattr(e, n)) for n in headings[3:]))
        for e in events
    )
    return export.Table("", headings, tuple(rows))


def offer_csv(events: Sequence[Event]) -> None:
    """Everything asked for, not only the page in sight; written when a button is pressed."""
    people, plans, store, login = _people(), ui.plans(), ui.store(), ui.person().login
    stem = f"nhat-ky-{ui.today().isoformat()}"
    with st.container(horizontal=True):
        st.download_button(
            "Tải CSV cho Excel",
            partial(
                _fetched,
                store,
                login,
                f"{stem}.csv",
                lambda: export.write(in_words(events, people, plans), "csv"),
            ),
            f"{stem}.csv",
            "text/csv",
            key="journal-csv",
            type="primary",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "Tải CSV máy đọc",
            partial(
                _fetched,
                store,
                login,
                f"{stem}-machine.csv",
                lambda: export.write(as_kept(events), "csv-machine"),
            ),
            f"{stem}-machine.csv",
            "text/csv",
            key="journal-csv-machine",
            icon=":material/download:",
            on_click="ignore",
        )


def _fetched(store: Store, login: str, name: str, write: Callable[[], bytes]) -> bytes:
    """Outside of any session: who asks is looked up again, and the record tells that it was carried away."""
    store.record.allow(store.people.get(login), Right.RECORD, subject=name)
    store.record.add(login, Act.EXPORT, subject=name)
    return write()


def offer_check() -> None:
    """The head of the record, to be kept elsewhere, and the check of the whole chain."""
    with st.container(border=True):
        st.subheader("Nhật ký có còn nguyên vẹn?", anchor=False)
        st.markdown("Mã chốt nhật ký:")
        st.code(ui.store().record.head(), language=None)
        st.caption(
            "Mã này gồm số của việc mới nhất và dấu vân tay của cả nhật ký đến việc ấy; nó cũng hiện cạnh nút tải của mỗi "
            "báo cáo và nằm trong mỗi bản sao lưu. Hãy chép ra giấy hoặc nơi khác: sau này, nếu có ai sửa, thêm, "
            "xóa hay cắt bớt nhật ký thì đối chiếu với mã đã chép sẽ lộ ra."
        )
        with st.form("check-record", border=False):
            anchor = st.text_input(
                "Mã chốt đã chép trước đây (nếu có)", key="anchor", placeholder="1234-0123456789abcdef0123"
            )
            asked = st.form_submit_button("Kiểm tra nhật ký", icon=":material/verified_user:")
        if asked:
            _check((anchor or "").strip())


def _check(anchor: str) -> None:
    if anchor and not _is_head(anchor):
        st.error("Mã chốt cần có dạng số việc, gạch ngang, rồi 20 chữ số hoặc chữ a–f. Hãy chép lại đúng mã.")
        return
    with st.spinner("Đang kiểm tra…"):
        flaws = ui.store().verify(*filter(None, (anchor,)))
        head = ui.store().record.head()
    if not flaws:
        st.success(vi.sound(int(head.partition("-")[0]), head), icon=":material/verified_user:")
        return
    st.error(vi.unsound(len(flaws)), icon=":material/gpp_bad:")
    st.markdown("\n".join(f"- {vi.flaw(flaw.fault, flaw.id)}" for flaw in flaws[:_FLAWS]))
    if len(flaws) > _FLAWS:
        st.caption(f"… và {vi.number(len(flaws) - _FLAWS)} chỗ nữa.")


def _is_head(text: str) -> bool:
    try:
        read_anchor(text)
    except ValueError:
        return False
    return True
