"""Backups: made while others work, checked before they replace anything, and never half there."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import threading
import warnings
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from kpi import vi
from kpi.cli import main
from kpi.model import (
    Act,
    DamagedBackupError,
    DamagedOriginalError,
    Grant,
    KpiError,
    NotAllowedError,
    Person,
    Plan,
    Role,
    StoreBusyError,
    UnknownBackupError,
)
from kpi.store import Store, restore
from kpi.store.backups import read_head
from kpi.units import Directory
from kpi.workbook import Draft
from tests.filled import HOA, LAN, PEOPLE, Q1, Sender, let_in

FIRST, SECOND = "058", "060"
Members = dict[str, bytes]


@pytest.fixture(scope="module")
def drafts(plan: Plan, directory: Directory) -> list[Draft]:
    """The post office's workbook with more and more posts."""
    sender = Sender(plan, directory)
    return [sender.posts(Q1, *range(1, n + 1)) for n in range(1, 7)]


@pytest.fixture
def path(tmp_path):
    """Where a store lies, beside nothing else."""
    return tmp_path / "store" / "kpi.duckdb"


@pytest.fixture
def store(path) -> Iterator[Store]:
    with Store(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def sample(tmp_path_factory, drafts) -> Path:
    """A backup of two uploads, made once and only looked at."""
    with Store(tmp_path_factory.mktemp("sample") / "kpi.duckdb") as opened:
        for draft in drafts[:2]:
            opened.keep(draft, LAN)
        return opened.back_up(LAN)


def numerators(store: Store) -> dict[str, int]:
    return {r.unit: int(r.numerator or 0) for r in store.current("bac-kan-2022")}


def lying(folder: Path) -> dict[str, str]:
    """Every file under a folder with the digest of its bytes."""
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def members(backup: Path) -> Members:
    with zipfile.ZipFile(backup) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def pack(to: Path, content: Members) -> Path:
    with zipfile.ZipFile(to, "w") as packed:
        for name, data in content.items():
            packed.writestr(name, data)
    return to


def edited(content: Members, folder: Path, *steps: str) -> Members:
    """The same backup after somebody wrote into its database."""
    file = folder / "edited.duckdb"
    file.write_bytes(content["kpi.duckdb"])
    with duckdb.connect(str(file)) as db:
        for step in steps:
            db.execute(step)
    return {**content, "kpi.duckdb": file.read_bytes()}


def test_a_backup_put_back_is_the_store_of_that_moment(path, drafts):
    with Store(path) as store:
        kept = store.keep(drafts[0], LAN)
        backup = store.back_up(LAN)
        store.withdraw(kept.upload, LAN, "nhầm")
        store.keep(drafts[1], LAN)
    done = restore(backup, path, HOA)
    assert done.head == read_head(backup)
    with Store(path) as store:
        assert numerators(store) == {FIRST: 1}
        assert store.original(kept.upload, LAN) == drafts[0].content
        assert store.verify(done.head) == []
        restored, made, *_ = store.record.events(LAN)
        assert (made.act, made.person, made.subject) == (Act.BACKUP, LAN.signature, backup.name)
        assert (restored.act, restored.person, restored.subject) == (Act.RESTORE, HOA.signature, backup.name)
        assert (restored.before.partition("-")[0], restored.after) == ("4", done.head)


def test_what_was_there_is_moved_aside_with_its_originals_and_never_deleted(path, drafts, sample):
    with Store(path) as store:
        store.keep(drafts[3], LAN)
    before = lying(path.parent)
    replaced = restore(sample, path, LAN).replaced
    assert replaced is not None
    assert replaced.name.startswith("replaced-")
    assert lying(replaced) == before
    with Store(replaced / "kpi.duckdb") as old:
        assert len(numerators(old)) == 4


def test_what_a_killed_restoring_left_behind_is_cleared_away(path, sample):
    (path.parent / "restoring-0123.part" / "originals").mkdir(parents=True)
    restore(sample, path, LAN)
    assert sorted(p.name for p in path.parent.iterdir()) == ["kpi.duckdb", "originals"]


def test_a_new_machine_needs_nothing_but_the_zip(path, sample):
    assert restore(sample, path, LAN).replaced is None
    assert sorted(p.name for p in path.parent.iterdir()) == ["kpi.duckdb", "originals"]
    with Store(path) as store:
        assert numerators(store) == {FIRST: 1, SECOND: 2}


def test_a_damaged_store_can_be_replaced(path, sample):
    path.parent.mkdir()
    path.write_bytes(b"no store" * 1000)
    (path.parent / "kpi.duckdb.wal").write_bytes(b"its log")
    (path.parent / "settings.toml").write_text("")
    replaced = restore(sample, path, LAN).replaced
    assert replaced
    assert sorted(p.name for p in replaced.iterdir()) == ["kpi.duckdb", "kpi.duckdb.wal"]
    assert (path.parent / "settings.toml").exists()
    with Store(path) as store:
        assert store.verify() == []


def test_two_backups_of_one_second_do_not_collide(path):
    with Store(path, lambda: datetime(2022, 3, 4, 5, 6, 7)) as store:  # noqa: DTZ001 - the store's times have no zone
        made = [store.back_up(LAN).name for _ in range(3)]
        assert made == [f"kpi-20220304-050607{n}.zip" for n in ("", "-2", "-3")]
        assert [backup.name for backup in store.backups.on_disk(LAN)] == made[::-1]
        assert {vi.moment(b.made_at) for b in store.backups.on_disk(LAN)} == {"12:06 ngày 04/03/2022"}


def test_the_head_in_a_backup_is_that_of_its_own_event(store, drafts):
    store.keep(drafts[0], LAN)
    backup = store.back_up(LAN)
    assert read_head(backup) == store.record.head()
    assert store.backups.on_disk(LAN)[0].head == store.record.head()


def test_sign_ins_stay_out_of_a_backup_and_accounts_do_not(store, tmp_path):
    person = store.people.accept(
        store.people.set_up(), "trâu cày ruộng sâu bên sông", login="tu", name="Vi Văn Tú", office=True
    )
    store.people.sign_in("tu", "trâu cày ruộng sâu bên sông", "10.0.0.1")
    store.people.invite(Person("lan", "Lan", grants=(Grant(Role.OFFICE),)), person)
    file = tmp_path / "copy.duckdb"
    file.write_bytes(members(store.back_up(LAN))["kpi.duckdb"])
    with duckdb.connect(str(file)) as db:
        counts = {
            table: len(db.execute(f"from {table}").fetchall())
            for table in ("account", "session", "link", "attempt")
        }
    assert counts == {"account": 2, "session": 0, "link": 0, "attempt": 0}


def test_workbooks_are_stored_as_they_are(sample):
    with zipfile.ZipFile(sample) as packed:
        ways = {info.filename.partition("/")[0]: info.compress_type for info in packed.infolist()}
    assert ways == {
        "head.txt": zipfile.ZIP_STORED,
        "kpi.duckdb": zipfile.ZIP_DEFLATED,
        "originals": zipfile.ZIP_STORED,
    }


def test_a_backup_taken_while_others_keep_workbooks_is_of_one_moment(store, drafts, tmp_path):
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            for draft in drafts:
                store.withdraw(store.keep(draft, LAN).upload, LAN, "thử")

    worker = threading.Thread(target=work)
    worker.start()
    try:
        made = [store.back_up(HOA) for _ in range(3)]
    finally:
        done.set()
        worker.join()
    for number, backup in enumerate(made):
        place = tmp_path / str(number) / "kpi.duckdb"
        restore(backup, place, LAN)
        with Store(place) as copy:
            assert copy.verify(read_head(backup)) == []
            assert {f"{u.sha256}.xlsx" for u in copy.uploads()} == {p.name for p in copy.originals.iterdir()}
    assert store.verify(*map(read_head, made)) == []


def test_two_people_may_back_up_at_once(store, drafts):
    store.keep(drafts[0], LAN)
    made: list[Path] = []
    threads = [threading.Thread(target=lambda: made.append(store.back_up(LAN))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 4
    assert all(path.exists() for path in made)


def test_a_backup_that_could_not_be_restored_is_not_made(store, drafts):
    store.keep(drafts[0], LAN)
    next(store.originals.iterdir()).unlink()
    with pytest.raises(DamagedOriginalError):
        store.back_up(LAN)
    assert list(store.path.parent.glob("backups/*")) == []
    assert [(e.act, e.after) for e in store.record.events(LAN)[:2]] == [
        (Act.BACKUP, "failed"),
        (Act.BACKUP, ""),
    ]


@pytest.mark.parametrize("role", Role)
def test_backups_are_the_administrators_alone(store, role):
    let_in(store)
    name = store.back_up(LAN).name
    deeds: tuple[Callable[[Person], object], ...] = (
        store.back_up,
        store.backups.on_disk,
        lambda person: store.backups.content(name, person),
    )
    for deed in deeds:
        if role is Role.ADMIN:
            deed(PEOPLE[role])
        else:
            with pytest.raises(NotAllowedError):
                deed(PEOPLE[role])
            assert store.record.events(LAN)[0].act is Act.REFUSED


def test_only_an_administrator_restores(path, sample):
    with pytest.raises(NotAllowedError):
        restore(sample, path, PEOPLE[Role.OFFICE])
    assert not path.exists()


def test_a_backup_carried_away_is_on_record(store):
    backup = store.back_up(LAN)
    assert store.backups.content(backup.name, LAN) == backup.read_bytes()
    newest = store.record.events(LAN)[0]
    assert (newest.act, newest.subject, newest.after) == (Act.BACKUP, backup.name, "download")


@pytest.mark.parametrize("name", ["", "../kpi.duckdb", "kpi-20220101-000000.zip", "/etc/passwd"])
def test_only_backups_are_handed_out(store, name):
    store.back_up(LAN)
    with pytest.raises(UnknownBackupError):
        store.backups.content(name, LAN)


def test_a_damaged_file_among_the_backups_is_listed_without_a_head(store):
    (store.back_up(LAN).parent / "kpi-20220101-000000.zip").write_bytes(b"PK")
    assert [bool(backup.head) for backup in store.backups.on_disk(LAN)] == [True, False]


def refused(backup: Path, path: Path) -> str:
    """Why a backup is refused; whatever lay there is as it was."""
    before = lying(path.parent)
    with pytest.raises(DamagedBackupError) as error:
        restore(backup, path, LAN)
    assert lying(path.parent) == before
    assert "Kho hiện tại vẫn nguyên" in vi.refusal(error.value)
    return error.value.reason


@pytest.fixture
def held(path: Path, drafts: list[Draft]) -> Path:
    """A store that something is to be put in the place of."""
    with Store(path) as opened:
        opened.keep(drafts[4], LAN)
    return path


def first_original(content: Members) -> str:
    return next(name for name in content if name.startswith("originals/"))


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        ("names", lambda c: {**c, "../evil.txt": b"x"}),
        ("names", lambda c: {**c, "/tmp/evil.txt": b"x"}),  # noqa: S108 - never written
        ("names", lambda c: {**c, "originals/../../evil.xlsx": b"x"}),
        ("names", lambda c: {**c, "readme.txt": b"x"}),
        ("names", lambda c: {**c, f"originals/{'0' * 64}.xlsx": b"x"}),
        ("names", lambda c: {n: d for n, d in c.items() if n != "kpi.duckdb"}),
        ("names", lambda c: {n: d for n, d in c.items() if n != "head.txt"}),
        ("originals", lambda c: {n: d for n, d in c.items() if n != first_original(c)}),
        ("originals", lambda c: {**c, first_original(c): b"PK"}),
        ("store", lambda c: {**c, "kpi.duckdb": b"no store" * 1000}),
        ("store", lambda c: {**c, "kpi.duckdb": c["kpi.duckdb"][:5000]}),
        ("record", lambda c: {**c, "head.txt": b"3-0123456789abcdef0123"}),
        ("record", lambda c: {**c, "head.txt": b"2-" + c["head.txt"][2:]}),
        ("zip", lambda c: {**c, "head.txt": b"no head"}),
        ("zip", lambda c: {**c, "head.txt": b""}),
    ],
)
def test_a_backup_that_was_changed_is_refused_with_the_reason(held, sample, tmp_path, reason, change):
    assert refused(pack(tmp_path / "x.zip", change(members(sample))), held) == reason


@pytest.mark.parametrize(
    ("reason", "step"),
    [
        ("record", "update reading set numerator = numerator + 1 where unit = '058'"),
        ("record", "delete from reading"),
        ("record", "update event set person = 'x' where id = 2"),
        ("record", "delete from event where id = 3"),
        ("record", "delete from event where id = 1"),
        ("newer", "insert into schema_step values ('999_later.sql')"),
        ("store", "drop table event"),
        ("store", "drop table schema_step"),
    ],
)
def test_a_backup_whose_database_was_written_to_is_refused(held, sample, tmp_path, reason, step):
    assert refused(pack(tmp_path / "x.zip", edited(members(sample), tmp_path, step)), held) == reason


def test_a_later_database_under_an_earlier_head_is_refused(held, tmp_path, drafts):
    with Store(tmp_path / "other" / "kpi.duckdb") as store:
        store.keep(drafts[0], LAN)
        first, second = members(store.back_up(LAN)), members(store.back_up(LAN))
    mixed = {**first, "kpi.duckdb": second["kpi.duckdb"]}
    assert refused(pack(tmp_path / "x.zip", mixed), held) == "record"


def test_a_broken_zip_is_refused(held, sample, tmp_path):
    file, content = tmp_path / "x.zip", sample.read_bytes()
    where = content.index(b"PK\x03\x04", 100) + 200
    for broken in (
        b"",
        b"no zip",
        content[: len(content) // 2],
        content[:where] + b"?" + content[where + 1 :],
    ):
        file.write_bytes(broken)
        assert refused(file, held) == "zip"


def test_a_zip_that_says_one_name_twice_is_refused(held, sample, tmp_path):
    content = members(sample)
    with warnings.catch_warnings(), zipfile.ZipFile(tmp_path / "x.zip", "w") as packed:
        warnings.simplefilter("ignore")
        for name in (*content, "kpi.duckdb"):
            packed.writestr(name, content[name])
    assert refused(tmp_path / "x.zip", held) == "names"


def test_a_store_in_use_is_not_replaced(store, sample):
    with pytest.raises(StoreBusyError):
        restore(sample, store.path, LAN)
    assert store.uploads() == []


RUN = """
import os, shutil, sys
from pathlib import Path
from kpi import model
from kpi.store import Store, backups, database, restoring
path, *files = map(Path, sys.argv[1:])
LAN = model.Person.operator("Lan")
"""
HOLD = """
store = Store(path)
print("open", flush=True)
sys.stdin.read()
"""
KILLED = """
pack = backups.Backups._pack
def die(self, part, *more):
    pack(self, part, *more)
    os._exit(9)
backups.Backups._pack = die
Store(path).back_up(LAN)
"""
FULL = """
import resource
store = Store(path)
free = resource.getrlimit(resource.RLIMIT_FSIZE)
for most in (100, 60_000, 2_300_000):
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, free[1]))
    try:
        store.back_up(LAN)
    except model.NotKeptError:
        print("refused", [p.name for p in path.parent.glob("backups/*")])
resource.setrlimit(resource.RLIMIT_FSIZE, free)
print(store.back_up(LAN).exists(), store.verify(), len(store.uploads()))
"""
BROKEN_MOVE = """
rename, calls = Path.rename, []
def fail(self, target):
    calls.append(self)
    if len(calls) == int(files[1].name):
        raise OSError(28, "no space")
    return rename(self, target)
Path.rename = fail
try:
    restoring.restore(files[0], path, LAN)
except model.NotKeptError:
    print("refused", len(calls))
"""


def run(script: str, *paths: object) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", RUN + script, *map(str, paths)]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def test_a_store_another_process_has_open_is_not_replaced(held, sample):
    words = [sys.executable, "-c", RUN + HOLD, str(held)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreBusyError):
            restore(sample, held, LAN)
        holder.communicate()
    restore(sample, held, LAN)


def test_a_process_killed_in_the_middle_leaves_no_zip_under_its_final_name(held):
    assert run(KILLED, held).returncode == 9
    left = [p.name for p in held.parent.glob("backups/*")]
    assert left
    assert all(name.endswith(".part") for name in left)
    with Store(held) as store:
        assert store.backups.on_disk(LAN) == []
        made = store.back_up(LAN)
        assert [p.name for p in held.parent.glob("backups/*")] == [made.name]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_a_full_disk_leaves_nothing_and_the_store_goes_on(held):
    done = run(FULL, held)
    assert done.stdout.splitlines() == [*["refused []"] * 3, "True [] 1"], done.stderr


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_restoring_that_fails_half_way_puts_the_old_back(held, sample, step):
    before = lying(held.parent)
    assert run(BROKEN_MOVE, held, sample, step).stdout == f"refused {2 * step - 1}\n"
    assert lying(held.parent) == before
    assert sorted(p.name for p in held.parent.iterdir()) == ["kpi.duckdb", "originals"]


@pytest.fixture
def kpi(path, monkeypatch):
    monkeypatch.setenv("KPI_STORE", str(path))
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


def said(result):
    return json.loads(result.stdout.splitlines()[-1])


def test_the_command_line_backs_up_and_restores(kpi, held, tmp_path):
    out = tmp_path / "usb" / "F.zip"
    out.parent.mkdir()
    made = said(kpi("backup", "--out", out, "--json"))
    assert made == {
        "out": str(out),
        "sha256": hashlib.sha256(out.read_bytes()).hexdigest(),
        "head": read_head(out),
    }
    shutil.rmtree(held.parent)
    done = kpi("restore", out, "--json")
    assert said(done) == {"store": str(held), "head": made["head"], "replaced": None}
    with Store(held) as store:
        assert len(store.uploads()) == 1
    again = kpi("restore", out, "--json")
    assert Path(said(again)["replaced"]).is_dir()
    assert "không bị xóa" in again.stdout


def test_the_command_line_puts_backups_beside_the_store_and_overwrites_none(kpi, held):
    made = kpi("backup", "--json")
    assert Path(said(made)["out"]).parent == held.parent / "backups"
    assert said(made)["head"] in made.stdout.splitlines()[1]
    assert "không bao giờ xóa" in made.stdout
    again = kpi("backup", "--out", said(made)["out"])
    assert again.exit_code == 2
    assert "không bị ghi đè" in again.output


def test_there_is_nothing_to_back_up_where_nothing_was_kept(kpi, path):
    assert kpi("backup").exit_code == 2
    assert not path.parent.exists()


def test_the_command_line_says_why_a_backup_is_refused(kpi, held, tmp_path):
    (tmp_path / "x.zip").write_bytes(b"no zip")
    result = kpi("restore", tmp_path / "x.zip", "--json")
    assert result.exit_code == 1
    assert said(result)["reason"] == "damaged_backup"
    assert "không phải bản sao lưu" in result.stdout


def test_the_command_line_approves_closes_and_reopens(kpi, held, drafts):
    asked = ("--plan", "bac-kan-2022", "--quarter", str(Q1), "--person", "Lan")
    assert said(kpi("approve", "1", "--person", "Lan", "--json")) == {"upload": "1"}
    assert said(kpi("close", *asked, "--json")) == {"plan": "bac-kan-2022", "quarter": "2022-Q1"}
    late = kpi("withdraw", "1", "--person", "Lan", "--why", "nhầm", "--json")
    assert said(late)["reason"] == "quarter_closed"
    assert said(kpi("reopen", *asked, "--why", "Ba Bể gửi sót", "--json"))["quarter"] == "2022-Q1"
    with Store(held) as store:
        assert store.uploads()[0].approved_by == "Lan"
        assert store.closed("bac-kan-2022") == set()
        reopened, closed, approved, *_ = store.record.events(LAN)
        assert [e.act for e in (approved, closed, reopened)] == [Act.APPROVAL, Act.CLOSE, Act.REOPEN]
        assert (reopened.person, reopened.quarter, reopened.after) == (
            LAN.signature,
            "2022-Q1",
            "Ba Bể gửi sót",
        )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (1, ("approve", "7", "--person", "Lan")),
        (2, ("close", "--plan", "nope", "--quarter", "2022-Q1", "--person", "Lan")),
        (2, ("close", "--plan", "bac-kan-2022", "--quarter", "2023-Q1", "--person", "Lan")),
        (2, ("reopen", "--plan", "bac-kan-2022", "--quarter", "2022-Q1", "--person", "Lan")),
        (2, ("restore", "no-such-file.zip")),
    ],
)
def test_what_cannot_be_is_refused(kpi, held, code, words):
    assert kpi(*words).exit_code == code


def test_an_export_goes_on_record_and_prints_the_head(kpi, held, tmp_path):
    out = tmp_path / "x.csv"
    done = kpi("export", "--plan", "bac-kan-2022", "--quarter", "2022-Q1", "--out", out, "--json")
    with Store(held) as store:
        newest, head = store.record.events(LAN)[0], store.record.head()
    assert said(done)["head"] == head
    assert f"Mã chốt nhật ký: {head}" in done.stdout
    assert (newest.act, newest.subject, newest.quarter) == (
        Act.EXPORT,
        "bao-cao-bac-kan-2022-2022-Q1.csv",
        "2022-Q1",
    )
    sha256 = hashlib.sha256(out.read_bytes()).hexdigest()
    assert newest.after.startswith(f"{said(done)['snapshot']} {sha256} ")


def test_every_sentence_is_there():
    reasons = ("zip", "names", "store", "newer", "record", "originals")
    errors: list[KpiError] = [DamagedBackupError(Path("a.zip"), reason) for reason in reasons]
    told = [vi.refusal(error) for error in (*errors, UnknownBackupError("b"))]
    assert len(set(told)) == 7
    assert not any(text.startswith("Không thực hiện được") for text in told)
