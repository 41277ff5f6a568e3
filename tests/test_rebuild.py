"""Kept workbooks read again from their original bytes, and a new store made of what comes out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

from kpi import plan as plan_files
from kpi import rebuild, vi
from kpi.cli import main
from kpi.model import Act, Event, FolderInUseError, Quarter, TaskState, TaskUpdate
from kpi.rebuild import reread
from kpi.store import Store
from kpi.tasks import stand
from kpi.vi import rebuilding as words
from kpi.workbook import blank_tasks, read_tasks
from kpi.workbook.loading import load_here
from tests.filled import HOA, LAN, PEOPLE, Q1, Q2, Q4, Sender
from tests.sheets import edit, sheet_of
from tests.test_cli import said

PLAN = "bac-kan-2022"
FIRST = "058"
# What offices do in a year, by the numbers their uploads get.
WITHDRAWN, CORRECTED, ASKED, SETTLED, REMEMBERED, APPROVED = "1", "2", "4", "5", "6", "7"


@pytest.fixture(scope="module")
def year(tmp_path_factory, desk, directory) -> Path:
    """A store in which everything has happened that can happen to a workbook."""
    path: Path = tmp_path_factory.mktemp("year") / "kpi.duckdb"
    sender = Sender(desk.plan, directory)
    with Store(path) as store:
        store.people.invite(PEOPLE_OFFICE, LAN)
        store.keep(sender.posts(Q1, 18, 19), LAN)
        store.keep(sender.posts(Q1, 20, 19), HOA)
        store.withdraw(WITHDRAWN, LAN, "nhầm quý")
        store.keep(sender.draft("061", Q1, {("9", "061"): (9, 100)}), PEOPLE_OFFICE)
        _keep_answered(store, desk, sender)
        _keep_own_sheets(store, desk)
        kept = store.keep(sender.posts(Q2, 17), LAN)
        assert kept.upload == APPROVED
        store.approve(APPROVED, PEOPLE_OFFICE)
        store.close_quarter(PLAN, Q1, PEOPLE_OFFICE)
        store.reopen_quarter(PLAN, Q1, HOA, "còn thiếu một đơn vị")
        _tell(store, desk)
        store.close_quarter(PLAN, Q4, HOA)
        assert store.verify() == []
    return path


PEOPLE_OFFICE = next(person for person in PEOPLE.values() if person.login == "van-phong")


def _keep_answered(store, desk, sender) -> None:
    """Cumulative, 5 after 9: asked about, and answered."""
    content = sender.content("061", Q2, {("9", "061"): (5, 100)})
    (doubt,) = desk.read(content, held=store.current).open_doubts
    answers = {str(doubt.at): doubt.choices[0]}
    assert store.keep(desk.read(content, held=store.current, answers=answers), LAN).upload == ASKED


def _keep_own_sheets(store, desk) -> None:
    """Headings settled by hand for the first workbook, and remembered for the second."""
    over = under = None
    for quarter in ("I", "II"):
        content = sheet_of(
            (f"BÁO CÁO QUÝ {quarter}/2022",),
            ("Đơn vị gửi: Bưu điện tỉnh",),
            ("STT", "Huyện", "Điểm có người trực", "Tổng điểm"),
            (1, "Ba Bể", 19, 20),
        )
        draft = desk.read(content, remembered=store.mappings.choices)
        if over is None:
            over, under = draft.doubts[0].choices[:2]
            draft = desk.read(content, answers={"C3": over, "D3": under})
        assert draft.clean
        store.keep(draft, LAN)
    assert len(store.mappings.settled(PLAN, "BDT")) == 2


def _tell(store, desk) -> None:
    """Tasks typed with a proof, and told in a form."""
    proven = TaskUpdate("NV1", Q4, TaskState.IN_PROGRESS, note="Đang làm", evidence="QĐ.pdf")
    store.tasks.keep(desk.plan, [proven], LAN, evidence={"NV1": b"%PDF-1.4 x"})
    standing = stand(desk.plan.tasks, store.tasks.updates(PLAN), Q4, Q4.last_day)
    blank = blank_tasks(desk.plan, "PCNTT", Q4, standing)

    def fill(book: Any) -> None:
        book["Nhiệm vụ"]["E9"].value, book["Nhiệm vụ"]["F9"].value = "Hoàn thành", date(2022, 12, 5)

    content = edit(blank, fill)
    draft = read_tasks("nv.xlsx", content, desk.plans, store.tasks.updates, date(2023, 2, 1), load=load_here)
    assert draft.clean
    store.tasks.keep(desk.plan, draft.updates, HOA, workbook=content)


@pytest.fixture
def store(year, tmp_path) -> Path:
    """A copy of the store, to do harm to."""
    shutil.copytree(year.parent, tmp_path / "a")
    return Path(tmp_path, "a", year.name)


@pytest.fixture
def kpi(store, monkeypatch) -> Callable[..., Result]:
    monkeypatch.setenv("KPI_STORE", str(store))
    monkeypatch.delenv("KPI_DATA", raising=False)
    return lambda *options: CliRunner().invoke(main, ["rebuild", *map(str, options)])


def acts(events: list[Event]) -> list[tuple[str, ...]]:
    """What the record says was done to figures and tasks, without the digests of rows that bear other times."""
    done = {Act.UPLOAD_KEPT, Act.WITHDRAWAL, Act.APPROVAL, Act.CLOSE, Act.REOPEN, Act.TASK}
    return [
        (e.person, e.act, e.plan, e.unit, e.quarter, e.subject, e.after if e.act is Act.REOPEN else "")
        for e in events
        if e.act in done
    ]


def tampered(path: Path, statement: str, **facts: object) -> None:
    with duckdb.connect(str(path)) as db:
        db.execute(statement, facts)


def by_upload(result: Result) -> dict[str, Any]:
    return {found["upload"]: found for found in said(result)["files"] if "upload" in found}


def test_every_kept_figure_still_comes_out_of_its_cell_and_nothing_is_changed(kpi, store):
    before = {p: p.read_bytes() for p in (store.parent / "originals").iterdir()}
    result = kpi("--json")
    assert result.exit_code == 0, result.output
    assert words.summary(8, 0, 0, 0) in result.stdout
    assert {found["sort"] for found in said(result)["files"]} == {"same"}
    assert said(result)["out"] is None
    assert {p: p.read_bytes() for p in (store.parent / "originals").iterdir()} == before
    with Store(store) as opened:
        assert opened.verify() == []
        assert Act.REBUILD not in {event.act for event in opened.record.events(LAN)}


def test_a_new_store_holds_the_same_figures_decisions_and_tasks_by_the_same_people(kpi, store, tmp_path):
    out = tmp_path / "b" / "kpi.duckdb"
    result = kpi("--out", out.parent)
    assert result.exit_code == 0, result.output
    assert words.made(out, 7) in result.stdout
    with Store(store) as old, Store(out) as new:
        assert new.verify() == []
        assert new.uploads() == old.uploads()
        for upload in old.uploads():
            assert new.readings(upload.id) == old.readings(upload.id)
            assert new.answers(upload.id) == old.answers(upload.id)
            assert new.content(upload) == old.content(upload)
        assert new.current(PLAN) == old.current(PLAN)
        assert new.closed(PLAN) == old.closed(PLAN) == {Q4}
        assert new.mappings.settled(PLAN, "BDT") == old.mappings.settled(PLAN, "BDT")
        assert new.tasks.updates() == old.tasks.updates()
        assert new.tasks.files() == old.tasks.files()
        newest, *done = new.record.events(LAN)
        assert acts(done) == acts(old.record.events(LAN))
        assert (newest.act, newest.before) == (Act.REBUILD, old.record.head())
        assert vi.details(newest, {})[0] == f"Mã chốt {old.record.head()}"


def test_a_figure_that_was_tampered_with_is_named_with_its_cell_and_comes_right_in_a_new_store(
    kpi, store, tmp_path
):
    only = {"upload": int(CORRECTED), "unit": FIRST}
    tampered(store, "update reading set numerator = 12 where upload = $upload and unit = $unit", **only)
    result = kpi("--out", tmp_path / "b", "--json")
    assert result.exit_code == 1
    found = by_upload(result)
    assert {number: one["sort"] for number, one in found.items() if one["sort"] != "same"} == {
        CORRECTED: "other"
    }
    ((pair,),) = [found[CORRECTED]["differences"]]
    assert (pair["was"]["numerator"], pair["now"]["numerator"]) == ("12", "20")
    assert words.other(words.upload(CORRECTED, "BDT-2022-Q1.xlsx"), 1) in result.stdout
    cell = f"trang “{pair['now']['sheet']}”, ô {pair['now']['cell']}"
    line = next(line for line in result.stdout.splitlines() if line.startswith("- Chỉ tiêu 7"))
    assert line.startswith(f"- Chỉ tiêu 7, Thành phố Bắc Kạn: đã lưu 12/20 ({cell} và "), line
    assert f"nay đọc 20/20 ({cell} và " in line
    with Store(tmp_path / "b" / "kpi.duckdb") as new:
        assert next(r for r in new.readings(CORRECTED) if r.unit == FIRST).numerator == 20
        assert new.verify() == []


def test_a_store_that_was_tampered_with_is_said_to_be_so_and_no_decision_on_other_figures_is_taken_over(
    kpi, store, tmp_path
):
    """Both shown on the screen and left in the new store's record, which is sound again."""
    with Store(store) as opened:
        opened.close_quarter(PLAN, Q2, PEOPLE_OFFICE)
    tampered(store, "update reading set numerator = 12 where upload = $upload", upload=int(APPROVED))
    with Store(store) as opened:
        flaws = opened.verify()
    assert [flaw.fault for flaw in flaws] == ["figures"]
    result = kpi("--out", tmp_path / "b", "--json")
    assert result.exit_code == 1
    assert said(result)["flaws"] == [{"fault": "figures", "upload": APPROVED}]
    assert result.stdout.startswith(f"{vi.unsound(1)}\n- {vi.flaw('figures', int(APPROVED))}\n")
    assert words.withheld([f"duyệt lần nạp số {APPROVED}", "chốt Quý II/2022"]) in result.stdout
    with Store(tmp_path / "b" / "kpi.duckdb") as new:
        assert new.verify() == []
        assert new.upload(APPROVED).approved_at is None
        assert new.closed(PLAN) == {Q4}
        newest = new.record.events(LAN)[0]
    assert vi.details(newest, {})[1] == (
        f"Kho cũ: {vi.flaw('figures', int(APPROVED))} "
        f"Không chuyển sang: duyệt lần nạp số {APPROVED}, chốt Quý II/2022."
    )


def test_a_record_that_was_tampered_with_is_said_though_every_figure_comes_out(kpi, store):
    tampered(store, "update event set person = 'ai-do' where id = 2")
    result = kpi()
    assert result.exit_code == 1
    assert result.stdout.startswith(vi.unsound(1))
    assert words.summary(8, 0, 0, 0) in result.stdout


def test_a_choice_is_no_longer_offered_once_its_upload_is_withdrawn(store, desk, directory):
    """Not for the next workbook; what was read with it before still says the same."""
    with Store(store) as opened:
        chosen = opened.mappings.choices(PLAN, "BDT")
        assert len(chosen) == 2
        opened.withdraw(SETTLED, LAN, "nhầm")
        assert opened.mappings.choices(PLAN, "BDT") == chosen, "the next upload was kept with the same"
        opened.withdraw(REMEMBERED, LAN, "nhầm")
        assert opened.mappings.choices(PLAN, "BDT") == {}
        assert opened.mappings.settled(PLAN, "BDT") == []
        assert opened.mappings.choices(PLAN, "BDT", among={SETTLED}) == chosen
        assert {one.sort for one in reread(opened, desk.plans, directory, load=load_here)} == {"same"}


def test_a_figure_that_was_added_or_taken_away_is_named_too(kpi, store):
    only = {"upload": int(CORRECTED), "unit": FIRST}
    tampered(store, "delete from reading where upload = $upload and unit = $unit", **only)
    tampered(store, "update reading set unit = '066' where upload = $upload", upload=int(APPROVED))
    result = kpi()
    assert result.exit_code == 1
    assert f"Chỉ tiêu 7, Thành phố Bắc Kạn: đã lưu {words.NO_PLACE}, nay đọc 20/20" in result.stdout
    assert f", nay đọc {words.NO_PLACE}." in result.stdout


def test_an_original_that_is_lost_or_altered_is_said_and_not_in_the_new_store(kpi, store, tmp_path):
    with Store(store) as opened:
        lost, altered = (opened.upload(number) for number in (CORRECTED, APPROVED))
    (store.parent / "originals" / f"{lost.sha256}.xlsx").unlink()
    path = store.parent / "originals" / f"{altered.sha256}.xlsx"
    path.write_bytes(path.read_bytes() + b"x")
    result = kpi("--out", tmp_path / "b", "--json")
    assert result.exit_code == 1
    sorts = {number: one["sort"] for number, one in by_upload(result).items() if one["sort"] != "same"}
    assert sorts == {CORRECTED: "lost", APPROVED: "lost"}
    assert result.stdout.count("bị mất hoặc không còn nguyên vẹn. Hãy chép lại tệp") == 2 * 2
    assert words.renumbered(range(3, 7), range(2, 6)) in result.stdout
    with Store(tmp_path / "b" / "kpi.duckdb") as new:
        assert len(new.uploads()) == 5
        assert [u.reporter for u in reversed(new.uploads())] == ["BDT", "061", "061", "BDT", "BDT"]
        assert new.verify() == []


def test_a_workbook_that_is_no_longer_read_says_what_is_wrong_with_it(kpi, store, desk):
    """As if a reader of another day had made something of a blank form."""
    with Store(store) as opened:
        sound = desk.read(desk.filled("BDT", Quarter(2022, 3)))
        kept = opened.keep(replace(sound, content=desk.blank("BDT", Quarter(2022, 3))), LAN)
    result = kpi("--json")
    assert result.exit_code == 1
    assert by_upload(result)[kept.upload]["reasons"] == ["nothing_reported"]
    assert words.unread(words.upload(kept.upload, "bao-cao.xlsx")) in result.stdout
    blank = desk.read(desk.blank("BDT", Quarter(2022, 3)))
    assert f"- {vi.explain(blank.problems[0])}" in result.stdout


def test_a_task_that_was_tampered_with_is_named(kpi, store):
    tampered(store, "update task_update set done_on = date '2022-11-30' where filename <> ''")
    result = kpi("--json")
    assert result.exit_code == 1
    (form,) = [found for found in said(result)["files"] if "updates" in found]
    assert (form["sort"], form["differences"][0]["now"]["cell"]) == ("other", "E9")
    assert "Nhiệm vụ NV2: đã lưu “Hoàn thành ngày 30/11/2022" in result.stdout
    assert "nay đọc “Hoàn thành ngày 05/12/2022" in result.stdout


@pytest.mark.parametrize("there", ["a", "b"])
def test_nothing_is_written_where_something_lies(kpi, tmp_path, there):
    """Also beside the store itself, whose originals would become those of two stores."""
    folder = tmp_path / there
    folder.mkdir(exist_ok=True)
    (folder / "ghi chú.txt").write_text("x")
    before = sorted(folder.iterdir())
    result = kpi("--out", folder / "moi.duckdb", "--json")
    assert result.exit_code == 1
    assert vi.refusal(FolderInUseError(folder)) in result.stdout
    assert said(result)["reason"] == "folder_in_use"
    assert sorted(folder.iterdir()) == before


def test_a_new_store_is_never_made_among_the_files_of_the_old_one(kpi, store):
    folder = store.parent / "originals" / "moi"
    result = kpi("--out", folder, "--json")
    assert result.exit_code == 1
    assert vi.refusal(FolderInUseError(folder, of=store)) in result.stdout
    assert not folder.exists()


def test_where_there_is_no_store_there_is_nothing_to_read_again(kpi, tmp_path):
    result = kpi("--store", tmp_path / "none")
    assert result.exit_code == 2
    assert words.no_store(tmp_path / "none" / "kpi.duckdb") in result.stderr
    assert not (tmp_path / "none").exists()


def test_a_failure_half_way_leaves_no_half_store(store, desk, directory, tmp_path):
    def stop(percent: int, filename: str) -> None:
        if percent > 50:
            raise KeyboardInterrupt

    with Store(store) as opened, pytest.raises(KeyboardInterrupt):
        rebuild.rebuild(
            opened, desk.plans, directory, tmp_path / "b" / "kpi.duckdb", LAN, stop, load=load_here
        )
    assert not (tmp_path / "b").exists()


def test_a_workbook_is_read_by_the_plan_as_it_stood_then(store, desk, directory):
    """The reporter has another code since; the workbooks it sent before still say the same."""
    path = plan_files.SHIPPED / "plans" / f"{PLAN}.toml"
    then = path.read_text("utf-8")
    since = then.replace('code = "BDT"', 'code = "BDX"')
    plans = {**desk.plans, PLAN: plan_files.loads(path, since.encode(), directory)}
    with Store(store) as opened:
        unknown = {one.sort for one in reread(opened, plans, directory, load=load_here)}
        assert unknown == {"same", "unread"}
        opened.plans.note({PLAN: then.encode()})
        opened.plans.note({PLAN: since.encode()})
        assert {one.sort for one in reread(opened, plans, directory, load=load_here)} == {"same"}
