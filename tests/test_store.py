from __future__ import annotations

import dataclasses
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi import vi
from kpi.model import Cell, Person, Plan, Reading, State
from kpi.store import (
    AlreadyKeptError,
    AlreadyWithdrawnError,
    DamagedOriginalError,
    NotKeptError,
    Store,
    StoreBusyError,
    StoreUnusableError,
    UncleanDraftError,
    UnknownUploadError,
)
from kpi.units import Directory
from kpi.workbook import Draft
from tests.filled import HOA, LAN, Q1, Q2, Q3, Sender

ROOT = Path(__file__).parent.parent

FIRST, SECOND = "058", "060"


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "kpi.duckdb") as opened:
        yield opened


def counts(store: Store) -> dict[str, Decimal | None]:
    """Unit -> numerator of what counts today."""
    return {reading.unit: reading.numerator for reading in store.current("bac-kan-2022")}


def test_what_is_kept_comes_back_as_it_was_read(store, sender):
    draft = sender.draft(
        "PBCVT", Q1, {("6", FIRST): (Decimal("33.150"), Decimal("148.62")), ("5", SECOND): (0, 0)}
    )
    kept = store.keep(draft, LAN)
    stored = store.current("bac-kan-2022")
    assert {dataclasses.replace(reading, upload=None) for reading in stored} == set(draft.readings)
    assert {reading.upload for reading in stored} == {kept.upload}
    assert [(r.numerator, r.state) for r in stored if r.unit == SECOND] == [(0, State.NOT_APPLICABLE)]
    assert [str(r.numerator) for r in stored if r.unit == FIRST] == ["33.15"]


def test_the_newest_upload_counts_until_it_is_withdrawn(store, sender):
    store.keep(sender.posts(Q1, 18, 19), LAN)
    second = store.keep(sender.posts(Q1, 20, 19), LAN)
    assert counts(store) == {FIRST: 20, SECOND: 19}
    store.withdraw(second.upload, LAN, "nhầm quý")
    assert counts(store) == {FIRST: 18, SECOND: 19}


def test_a_blank_never_deletes(store, sender):
    store.keep(sender.posts(Q1, 18, 19), LAN)
    store.keep(sender.posts(Q1, 17), LAN)
    assert counts(store) == {FIRST: 17, SECOND: 19}


def test_keeping_says_what_is_new_changed_and_unchanged(store, sender):
    first = store.keep(sender.posts(Q1, 18, 19), LAN)
    second = store.keep(sender.posts(Q1, 18, 20, 20), LAN)
    assert (first.new, first.changed, first.unchanged) == (2, 0, 0)
    assert (second.new, second.changed, second.unchanged) == (1, 1, 1)


def test_the_same_bytes_are_refused_with_the_time_they_were_kept(store, sender):
    draft = sender.posts(Q1, 18)
    kept = store.keep(draft, LAN)
    with pytest.raises(AlreadyKeptError) as refused:
        store.keep(dataclasses.replace(draft, filename="tên khác.xlsx"), HOA)
    assert refused.value.upload == store.upload(kept.upload)
    assert f"đã được nạp lúc {vi.moment(refused.value.upload.kept_at)}" in vi.refusal(refused.value)
    assert len(store.uploads()) == 1


def test_withdrawn_bytes_may_be_kept_again(store, sender):
    draft = sender.posts(Q1, 18)
    first = store.keep(draft, LAN)
    store.withdraw(first.upload, LAN, "nhầm tệp")
    assert store.find(draft.sha256) is None
    again = store.keep(draft, LAN)
    assert [upload.id for upload in store.uploads()] == [again.upload, first.upload]
    assert counts(store) == {FIRST: 18}


def test_a_draft_with_mistakes_leaves_nothing_behind(store, sender):
    draft = sender.posts(Q1, 21)
    assert draft.problems
    with pytest.raises(UncleanDraftError) as refused:
        store.keep(draft, LAN)
    assert "còn 1 lỗi" in vi.refusal(refused.value)
    assert store.uploads() == []
    assert list(store.originals.iterdir()) == []


def test_an_upload_is_current_while_any_of_its_readings_counts(store, sender):
    first = store.keep(sender.posts(Q1, 18, 19), LAN).upload
    store.keep(sender.posts(Q1, 17), LAN)
    assert store.upload(first).current
    third = store.keep(sender.posts(Q1, 16, 18), LAN).upload
    assert [upload.current for upload in store.uploads()] == [True, False, False]
    store.withdraw(third, LAN, "nhầm")
    assert [(upload.current, upload.withdrawn) for upload in store.uploads()] == [
        (False, True),
        (True, False),
        (True, False),
    ]


def test_an_upload_is_withdrawn_once(store, sender):
    upload = store.keep(sender.posts(Q1, 18), LAN).upload
    store.withdraw(upload, LAN, "nhầm")
    with pytest.raises(AlreadyWithdrawnError):
        store.withdraw(upload, LAN, "nhầm")


@pytest.mark.parametrize("upload", ["7", "", "x", "-1", "1; drop table upload", "٣", "9" * 30])
def test_an_upload_that_never_was_is_refused(store, upload):
    for ask in (store.upload, store.readings, lambda number: store.original(number, LAN)):
        with pytest.raises(UnknownUploadError):
            ask(upload)


def test_only_quarters_up_to_the_asked_one_are_read(store, sender):
    for quarter in (Q1, Q2, Q3):
        store.keep(sender.posts(quarter, 18), LAN)
    assert [r.quarter for r in store.current("bac-kan-2022", Q2)] == [Q1, Q2]
    assert store.current("bac-kan-2023") == []


def test_two_editions_of_a_ranking_stand_side_by_side(store, sender):
    store.keep(sender.draft("PCNTT", Q2, {("13", "06"): (2020, 59)}), LAN)
    store.keep(sender.draft("PCNTT", Q2, {("13", "06"): (2021, 51)}), LAN)
    assert {r.edition: r.value for r in store.current("bac-kan-2022")} == {2020: 59, 2021: 51}


def test_every_version_stays_readable(store, sender):
    first = store.keep(sender.posts(Q1, 18), LAN)
    store.keep(sender.posts(Q1, 17), LAN)
    assert [reading.numerator for reading in store.readings(first.upload)] == [18]


def test_a_percentage_close_to_its_target_is_kept_to_the_last_digit(store, sender):
    draft = sender.posts(Q1, 18)
    bare = dataclasses.replace(
        draft.readings[0], numerator=None, denominator=None, value=Decimal("95.99999999999999")
    )
    store.keep(dataclasses.replace(draft, readings=(bare,)), LAN)
    assert [r.value for r in store.current("bac-kan-2022")] == [Decimal("95.99999999999999")]


def test_a_figure_too_fine_to_be_kept_exactly_is_never_rounded(store, sender):
    draft = sender.posts(Q1, 18)
    fine = dataclasses.replace(draft.readings[0], numerator=Decimal("1.00001"))
    with pytest.raises(ValueError, match=r"1\.00001"):
        store.keep(dataclasses.replace(draft, readings=(fine,)), LAN)
    assert store.uploads() == []


def test_the_original_comes_back_byte_for_byte(store, sender):
    draft = sender.posts(Q1, 18)
    kept = store.keep(draft, LAN)
    assert store.original(kept.upload, LAN) == draft.content
    assert [path.name for path in store.originals.iterdir()] == [f"{draft.sha256}.xlsx"]


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(b"PK")])
def test_a_damaged_original_is_reported(store, sender, harm):
    draft = sender.posts(Q1, 18)
    kept = store.keep(draft, LAN)
    harm(store.originals / f"{draft.sha256}.xlsx")
    with pytest.raises(DamagedOriginalError) as refused:
        store.original(kept.upload, LAN)
    assert "BDT-2022-Q1.xlsx" in vi.refusal(refused.value)


def test_names_are_text_whatever_they_hold(store, sender):
    name = '\'; drop table reading; -- "Ba Bể" $x.xlsx'
    kept = store.keep(dataclasses.replace(sender.posts(Q1, 18), filename=name), Person.operator("O'Lan"))
    found = store.upload(kept.upload)
    assert (found.filename, found.person) == (name, "O'Lan")


def test_figures_outlive_the_process(tmp_path, sender):
    with Store(tmp_path / "kpi.duckdb") as first:
        first.keep(sender.posts(Q1, 18), LAN)
        first.withdraw(first.keep(sender.posts(Q1, 17), LAN).upload, LAN, "nhầm")
        revision = first.revision
    with Store(tmp_path / "kpi.duckdb") as again:
        assert counts(again) == {FIRST: 18}
        assert again.revision == revision


def test_the_revision_grows_with_every_change_and_with_nothing_else(store, sender):
    seen = [store.revision]
    draft = sender.posts(Q1, 18)
    upload = store.keep(draft, LAN).upload
    seen.append(store.revision)
    with pytest.raises(AlreadyKeptError):
        store.keep(draft, LAN)
    store.current("bac-kan-2022")
    assert store.revision == seen[-1]
    store.withdraw(upload, LAN, "nhầm")
    seen.append(store.revision)
    assert seen == sorted(set(seen))


def test_opening_again_migrates_nothing_twice(tmp_path):
    path = tmp_path / "kpi.duckdb"
    for _ in range(3):
        Store(path).close()
    with duckdb.connect(str(path)) as db:
        done = [name for (name,) in db.execute("select name from schema_step order by name").fetchall()]
    assert done == sorted(step.name for step in (ROOT / "kpi" / "sql" / "schema").iterdir())


def test_a_store_of_a_newer_program_is_left_alone(tmp_path):
    path = tmp_path / "kpi.duckdb"
    Store(path).close()
    with duckdb.connect(str(path)) as db:
        db.execute("insert into schema_step values ('999_later.sql')")
    with pytest.raises(StoreUnusableError) as refused:
        Store(path)
    assert "phiên bản mới hơn" in vi.refusal(refused.value)


def test_a_file_that_is_no_store_is_refused_and_left_as_it_was(tmp_path):
    path = tmp_path / "kpi.duckdb"
    path.write_bytes(b"no store" * 1000)
    with pytest.raises(StoreUnusableError) as refused:
        Store(path)
    assert "Không mở được kho số liệu" in vi.refusal(refused.value)
    assert path.read_bytes() == b"no store" * 1000


def test_invented_figures_are_known_as_such_until_withdrawn(store, sender):
    assert not store.illustrative("bac-kan-2022")
    upload = store.keep(sender.posts(Q1, 18), LAN, illustrative=True).upload
    assert store.upload(upload).illustrative
    assert store.illustrative("bac-kan-2022")
    store.withdraw(upload, LAN, "hết dùng thử")
    assert not store.illustrative("bac-kan-2022")


def test_only_invented_figures_may_say_when_they_were_kept(store, sender):
    when = datetime(2022, 3, 24, 3, 5)  # noqa: DTZ001 - the store's times are UTC without a zone
    draft = sender.posts(Q1, 18)
    with pytest.raises(ValueError, match="2022-03-24"):
        store.keep(draft, LAN, kept_at=when)
    kept = store.keep(draft, LAN, illustrative=True, kept_at=when)
    assert store.upload(kept.upload).kept_at == when


def test_answers_are_kept_with_the_upload(tmp_path, sender):
    path = tmp_path / "kpi.duckdb"
    with Store(path) as store:
        store.keep(dataclasses.replace(sender.posts(Q1, 18), answers={"Số liệu!D12": "96%"}), LAN)
    with duckdb.connect(str(path)) as db:
        assert db.execute("from answer").fetchall() == [(1, "Số liệu!D12", "96%")]


def test_threads_keep_and_read_without_mixing_anything_up(store, sender):
    drafts = [sender.posts(Q1, *([number] * 8)) for number in range(1, 17)]
    torn: list[list[Reading]] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen = store.current("bac-kan-2022")
            if seen and (len(seen) != 8 or len({reading.upload for reading in seen}) != 1):
                torn.append(seen)

    readers = [threading.Thread(target=look) for _ in range(3)]
    for reader in readers:
        reader.start()
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda draft: store.keep(draft, LAN), drafts))
    done.set()
    for reader in readers:
        reader.join()
    assert torn == []
    assert sorted(int(one.upload) for one in kept) == list(range(1, 17))
    for draft, one in zip(drafts, kept, strict=True):
        assert {r.numerator for r in store.readings(one.upload)} == {r.numerator for r in draft.readings}


def test_of_two_threads_with_the_same_bytes_one_keeps_them(store, sender):
    draft = sender.posts(Q1, 18)

    def keep(_: int) -> bool:
        try:
            store.keep(draft, LAN)
        except AlreadyKeptError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(keep, range(4))) == 1
    assert len(store.uploads()) == 1


HOLD = """
import sys
from pathlib import Path
from kpi.store import Store
store = Store(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_told_to_wait(tmp_path):
    path = tmp_path / "kpi.duckdb"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreBusyError) as refused:
            Store(path)
        assert "Hãy đóng chương trình đó" in vi.refusal(refused.value)
        holder.communicate()
    Store(path).close()


READ = """
import sys
from pathlib import Path
from kpi import plan, workbook
from kpi.model import NotKeptError, Person
from kpi.store import uploads as store
from kpi.units import Directory
directory = Directory.load(plan.SHIPPED / "units")
plans = plan.load_all(plan.SHIPPED / "plans", directory)
path, *files = map(Path, sys.argv[1:])
drafts = [workbook.read(file.name, file.read_bytes(), plans, directory) for file in files]
kpi = store.Store(path)
LAN = Person.operator("Lan")
"""
CRASH = """
import os
add = store._add
def die(*facts, **more):
    add(*facts, **more)
    os._exit(9)
store._add = die
kpi.keep(drafts[0], LAN)
"""
FULL = """
import resource
kpi.keep(drafts[0], LAN)
kpi._keep_original(drafts[1].content, drafts[1].sha256)
free = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, free[1]))
try:
    kpi.withdraw("1", LAN, "nhầm")
except NotKeptError as error:
    print(type(error.__cause__).__name__)
print(len(kpi.uploads()), kpi.uploads()[0].withdrawn, kpi.revision)
try:
    kpi.keep(drafts[1], LAN)
except NotKeptError:
    print("refused", len(kpi.uploads()), kpi.revision)
resource.setrlimit(resource.RLIMIT_FSIZE, free)
print("kept", kpi.keep(drafts[1], LAN).upload, kpi.revision)
"""
LOG_ONLY = """
import resource
kpi.keep(drafts[0], LAN)
base = kpi._database._base
free = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, free[1]))
print("kept", kpi.keep(drafts[1], LAN).upload, "reopened", kpi._database._base is not base)
print(len(kpi.uploads()), len(kpi.current("bac-kan-2022")))
resource.setrlimit(resource.RLIMIT_FSIZE, free)
print("kept", kpi.keep(drafts[2], LAN).upload)
"""


def run(script: str, path: Path, *drafts: Draft) -> subprocess.CompletedProcess[str]:
    """Let another process read the drafts' workbooks and do something with the store."""
    files = []
    for number, draft in enumerate(drafts):
        files.append(path.parent / f"{number}-{draft.filename}")
        files[-1].write_bytes(draft.content)
    return subprocess.run(
        [sys.executable, "-c", READ + script, path, *files],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_process_killed_before_the_commit_leaves_nothing_half_stored(tmp_path, sender):
    draft = sender.posts(Q1, 18, 19)
    path = tmp_path / "kpi.duckdb"
    assert run(CRASH, path, draft).returncode == 9
    with Store(path) as store:
        assert store.uploads() == []
        assert store.current("bac-kan-2022") == []
        assert (store.originals / f"{draft.sha256}.xlsx").read_bytes() == draft.content
        kept = store.keep(draft, LAN)
        assert counts(store) == {FIRST: 18, SECOND: 19}
        assert store.original(kept.upload, LAN) == draft.content


def test_a_full_disk_keeps_nothing_and_mends_itself(tmp_path, sender):
    done = run(FULL, tmp_path / "kpi.duckdb", sender.posts(Q1, 18), sender.posts(Q1, 19))
    assert done.stdout.splitlines() == [
        "TransactionException",
        "1 False 1",
        "refused 1 1",
        "kept 2 2",
    ], done.stderr


def test_a_disk_with_room_for_the_log_only_keeps_and_the_store_goes_on(tmp_path, sender):
    """The checkpoint after keeping fails, which DuckDB answers by refusing everything until it is reopened."""
    path = tmp_path / "kpi.duckdb"
    done = run(LOG_ONLY, path, *(sender.posts(Q1, *range(1, n)) for n in (2, 3, 4)))
    assert done.stdout.splitlines() == ["kept 2 reopened True", "2 2", "kept 3"], done.stderr
    with Store(path) as store:
        assert [upload.id for upload in store.uploads()] == ["3", "2", "1"]
        assert len(counts(store)) == 3


def test_a_temporary_file_never_carries_the_name_of_an_original(tmp_path, sender):
    """Whatever breaks while an original is written, its name stands for all of its bytes."""
    draft = sender.posts(Q1, 18)
    with Store(tmp_path / "kpi.duckdb") as store:
        target = store.originals / f"{draft.sha256}.xlsx"
        target.mkdir()
        with pytest.raises(NotKeptError):
            store.keep(draft, LAN)
        assert list(store.originals.iterdir()) == [target]
        assert store.uploads() == []


Step = tuple[str, int, dict[str, int]]
Steps = list[tuple[str, int, dict[str, int]]]
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("keep"),
            st.just(0),
            st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), min_size=1),
        ),
        st.tuples(st.just("withdraw"), st.integers(1, 6), st.just({})),
    ),
    max_size=10,
)


@pytest.fixture(scope="module")
def made(plan: Plan, directory: Directory) -> Callable[[int, dict[str, Decimal]], Draft]:
    """Makes a draft with its own bytes, of one reading a unit."""
    pattern = Sender(plan, directory).posts(Q1, 18)

    def make(number: int, figures: dict[str, Decimal]) -> Draft:
        readings = tuple(
            dataclasses.replace(pattern.readings[0], unit=unit, numerator=n, cell=Cell("S", unit))
            for unit, n in figures.items()
        )
        return dataclasses.replace(pattern, content=f"{number}".encode(), readings=readings)

    return make


def check_what_counts(folder: Path, made: Callable[[int, dict[str, Decimal]], Draft], steps: Steps) -> None:
    history: dict[str, dict[str, Decimal]] = {}
    with Store(folder / "kpi.duckdb") as store:
        for number, (act, upload, values) in enumerate(steps):
            if act == "keep":
                figures = {unit: Decimal(n) / 8 for unit, n in values.items()}
                history[store.keep(made(number, figures), LAN).upload] = figures
            elif history.pop(str(upload), None) is not None:
                store.withdraw(str(upload), LAN, "thử")
            expected: dict[str, Decimal] = {}
            for figures in history.values():
                expected |= figures
            assert counts(store) == expected


@settings(max_examples=8)
@given(steps=STEPS)
def test_what_counts_is_always_the_newest_that_was_not_withdrawn(tmp_path_factory, made, steps):
    check_what_counts(tmp_path_factory.mktemp("store"), made, steps)


@pytest.mark.slow
@settings(max_examples=300)
@given(steps=STEPS)
def test_what_counts_is_always_the_newest_that_was_not_withdrawn_300_times(tmp_path_factory, made, steps):
    check_what_counts(tmp_path_factory.mktemp("store"), made, steps)
