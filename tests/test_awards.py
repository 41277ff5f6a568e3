"""Who fulfils which criterion, the council's word, the list of people and its end, the papers and their zip."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from kpi import forms as form_files
from kpi import plan as plan_files
from kpi import vi
from kpi.awards import Council, Proposal, Ruling, by_subject, deadline, hear, papers, proposal
from kpi.cli import main
from kpi.export.dossier import check, dossier, names
from kpi.model import (
    Act,
    Criterion,
    Discipline,
    Document,
    Edition,
    FaultyFileError,
    Initiative,
    Judgement,
    Member,
    Nominee,
    NotAllowedError,
    OwnTask,
    PersonalErasedError,
    Quarter,
    Rating,
    Receipt,
    Role,
    Room,
    Rule,
    Task,
    TaskState,
    TaskUpdate,
    TemplateError,
    UnknownSubjectError,
)
from kpi.reasons import Verdict
from kpi.store import Store
from kpi.vi import awards as words
from kpi.workbook import blank_members, read_members
from tests import small_plan
from tests.filled import LAN, PEOPLE
from tests.small_plan import Q2, Q4, indicator, ranking, said, tree

DATA = Path(__file__).parent.parent / "data"
AFTER = date(2023, 1, 10)
MET, NOT_MET, UNDECIDED = Verdict.MET, Verdict.NOT_MET, Verdict.UNDECIDED
UNITS = tree(1)
NAME = "Nguyễn Thị Kín"


def moment(*parts):
    return datetime(*parts)  # noqa: DTZ001 - times of the store have no zone


def criterion(rule, nominee=Nominee.COLLECTIVE, **more):
    return Criterion(rule.value, nominee, "lời", "III.2.a", rule, **more)


def a_plan(*indicators, criteria, tasks=(), **more):
    made = small_plan.plan(UNITS, *indicators)
    numbers = tuple(i.number for i in indicators)
    room = Room("P", "Phòng Một", numbers, tuple(t.key for t in tasks))
    return replace(made, rooms=(room,), criteria=tuple(criteria), tasks=tuple(tasks), **more)


def task(key="NV1", due=date(2022, 6, 30), **more):
    return Task(key, f"Việc {key}", "Phòng Một", date(2022, 1, 1), due, unit="P", room="P", **more)


def person(code="c1", **more):
    facts = {"rating": Rating.GOOD, "discipline": Discipline.NONE} | more
    return Member(code, NAME, "P", **facts)


def rule(plan, readings=(), members=None, judgements=(), updates=(), day=AFTER, subject="P", closed=False):
    """The only ruling of a nominee."""
    hearing = hear(plan, UNITS, readings, updates, members, judgements, day, year=2022, closed=closed)
    (found,) = by_subject(hearing.rulings)[subject]
    return found


def why(ruling):
    return words.reason(ruling.reasons, ruling.criterion.judged, ruling.council.value)


def ratings(*members, listed=True):
    return rule(a_plan(indicator(), criteria=[criterion(Rule.RATINGS)]), members=members if listed else None)


# Targets and tasks.


TARGETS = [criterion(Rule.TARGETS_AND_TASKS)]
FOUR = [
    indicator(90, number="1"),
    indicator(96, number="2"),
    indicator(50, number="3"),
    indicator(5, number="4"),
]


def figures(second):
    given = {"1": (98, 108), "2": (second, 99), "3": (60, 100), "4": (5, 100)}
    return [said("d0", n, d, number=number) for number, (n, d) in given.items()]


def test_one_indicator_of_four_below_its_target_decides_and_is_named_with_its_numbers():
    ruling = rule(a_plan(*FOUR, criteria=TARGETS), figures(95))
    assert ruling.verdict is NOT_MET
    assert "chỉ tiêu 2 (2): 95/99 = 95,96% < 96%" in why(ruling)
    assert why(ruling).startswith("Không đạt: chỉ tiêu 2")
    assert "Đạt: chỉ tiêu 1 (1): 98/108 = 90,7% ≥ 90%" in why(ruling)


def test_one_more_turns_it():
    ruling = rule(a_plan(*FOUR, criteria=TARGETS), figures(96))
    assert ruling.verdict is MET
    assert "96/99 = 97,0% ≥ 96%" in why(ruling)
    assert len(ruling.evidence) == 4


def test_what_is_not_known_is_never_met_and_what_fails_beats_it():
    plan = a_plan(indicator(90, number="1"), ranking(editions=(Edition(2021, 51),)), criteria=TARGETS)
    waiting = rule(plan, [said("d0", 98, 100)])
    assert waiting.verdict is UNDECIDED
    assert "Chưa đủ dữ liệu: chỉ tiêu 13 (13): chờ công bố" in why(waiting)
    assert rule(plan).verdict is UNDECIDED
    assert rule(plan, [said("d0", 50, 100)]).verdict is NOT_MET


def test_what_did_not_happen_is_named_and_neither_helps_nor_hinders():
    plan = a_plan(indicator(90, number="1"), indicator(90, number="2"), criteria=TARGETS)
    ruling = rule(plan, [said("d0", 98, 100), said("d0", 0, 0, number="2")])
    assert ruling.verdict is MET
    assert "Không tính: chỉ tiêu 2 (2): không phát sinh." in why(ruling)
    assert rule(a_plan(indicator(), criteria=TARGETS), [said("d0", 0, 0)]).verdict is UNDECIDED


def test_before_the_year_is_over_nothing_is_missed_unless_the_office_closed_it():
    plan, half = a_plan(indicator(), criteria=TARGETS), [said("d0", 50, 100)]
    assert rule(plan, half, day=date(2022, 12, 20)).verdict is UNDECIDED
    assert rule(plan, half, day=date(2022, 12, 20), closed=True).verdict is NOT_MET
    assert rule(plan, half).verdict is NOT_MET


def told(state, done_on=None, key="NV1"):
    return TaskUpdate(key, Q4, state, done_on, id="1")


@pytest.mark.parametrize(
    ("update", "verdict", "words_of"),
    [
        (told(TaskState.DONE, date(2022, 6, 30)), MET, "hoàn thành ngày 30/06/2022, hạn 30/06/2022."),
        (
            told(TaskState.DONE, date(2022, 7, 2)),
            NOT_MET,
            "hoàn thành ngày 02/07/2022, hạn 30/06/2022, chậm 2 ngày.",
        ),
        (told(TaskState.IN_PROGRESS), NOT_MET, "chưa hoàn thành, hạn 30/06/2022, chậm 194 ngày."),
        (told(TaskState.DROPPED), UNDECIDED, "không còn áp dụng"),
    ],
)
def test_a_task_has_to_be_done_in_time(update, verdict, words_of):
    ruling = rule(a_plan(criteria=TARGETS, tasks=[task(arising=True)]), updates=[update])
    assert ruling.verdict is verdict
    assert words_of in why(ruling)


def test_a_task_whose_time_is_not_up_leaves_it_open_and_its_document_is_evidence():
    paper = Document("Quyết định", "676/QĐ-UBND", date(2022, 4, 26), "UBND tỉnh")
    done = task("NV2", done_on=date(2022, 4, 26), result=paper)
    ruling = rule(a_plan(criteria=TARGETS, tasks=[task(due=date(2023, 3, 1)), done]))
    assert ruling.verdict is UNDECIDED
    assert "nhiệm vụ NV1 (Việc NV1): chưa bắt đầu, hạn 01/03/2023" in why(ruling)
    (proof,) = ruling.evidence
    assert (
        words.evidence(proof, {}) == "Nhiệm vụ NV2: Quyết định số 676/QĐ-UBND ngày 26/04/2022 của UBND tỉnh"
    )


def test_a_room_that_the_plan_gives_nothing_is_left_open():
    ruling = rule(a_plan(criteria=TARGETS))
    assert ruling.verdict is UNDECIDED
    assert "kế hoạch không giao chỉ tiêu, nhiệm vụ nào để đánh giá" in why(ruling)
    assert rule(a_plan(criteria=[criterion(Rule.TASKS)])).verdict is UNDECIDED


def test_a_checklist_asks_for_a_share_of_the_whole_province():
    plan = a_plan(replace(indicator(90), target=None), criteria=[criterion(Rule.CHECKLIST, indicator="1")])
    assert rule(plan, [said("d0", 100, 100)]).verdict is MET
    assert rule(plan).verdict is UNDECIDED
    ruling = rule(plan, [said("d0", 46, 47)])
    assert ruling.verdict is NOT_MET
    assert "46/47 = 97,9% < 100%" in why(ruling)


# People.


def test_without_the_list_nobody_says_anything_of_people():
    ruling = ratings(listed=False)
    assert ruling.verdict is UNDECIDED
    assert "chưa có danh sách cá nhân" in why(ruling)
    assert ratings().verdict is UNDECIDED


def test_ratings_want_everybody_good_and_one_excellent():
    best, good = person("a", rating=Rating.EXCELLENT), person("b")
    assert ratings(best, good).verdict is MET
    assert ratings(good).verdict is NOT_MET
    unsaid, low = person("c", rating=None), person("d", rating=Rating.COMPLETED)
    assert ratings(best, unsaid).verdict is UNDECIDED
    assert ratings(good, unsaid).verdict is UNDECIDED
    both = ratings(best, unsaid, low)
    assert both.verdict is NOT_MET
    assert "1/3 người xếp loại dưới mức hoàn thành tốt nhiệm vụ" in why(both)
    assert NAME not in why(both)


def test_only_a_warning_or_worse_of_the_time_of_the_plan_blocks():
    plan = a_plan(indicator(), criteria=[criterion(Rule.DISCIPLINE)])

    def verdict(*members):
        return rule(plan, members=members).verdict

    warned = person(discipline=Discipline.WARNING)
    assert verdict(person(), person("b", discipline=Discipline.REPRIMAND)) is MET
    assert verdict(person("a"), warned) is NOT_MET
    assert verdict(replace(warned, decision=Document(number="1", signed_on=date(2022, 5, 1)))) is NOT_MET
    assert verdict(replace(warned, decision=Document(number="1", signed_on=date(2021, 5, 1)))) is MET
    assert verdict(person(discipline=None)) is UNDECIDED
    assert verdict() is UNDECIDED


def test_an_initiative_counts_by_its_decision():
    plan = a_plan(criteria=[criterion(Rule.INITIATIVE, Nominee.INDIVIDUAL)])

    def verdict(*decisions):
        own = tuple(Initiative("Phần mềm", decision) for decision in decisions)
        return rule(plan, members=[person(initiatives=own)], subject="c1").verdict

    assert verdict(Document(number="1/QĐ", signed_on=date(2022, 12, 31))) is MET
    assert verdict(Document(number="1/QĐ", signed_on=date(2023, 1, 1))) is NOT_MET
    assert verdict(Document(signed_on=date(2022, 12, 31))) is NOT_MET
    assert verdict() is NOT_MET


def test_own_work_is_measured_by_its_own_day():
    plan = a_plan(criteria=[criterion(Rule.TASKS, Nominee.INDIVIDUAL)])

    def verdict(*tasks):
        return rule(plan, members=[person(tasks=tasks)], subject="c1").verdict

    done = OwnTask("Soạn đề án", date(2022, 6, 30), date(2022, 6, 1))
    assert verdict(done) is MET
    assert verdict(done, replace(done, done_on=date(2022, 7, 1))) is NOT_MET
    assert verdict(done, replace(done, done_on=None)) is NOT_MET
    assert verdict(done, OwnTask("Việc sau", date(2023, 6, 30))) is UNDECIDED
    assert verdict() is UNDECIDED


# The council.


def says(fulfilled, key=Rule.TARGETS_AND_TASKS.value):
    return Judgement(2022, "P", key, fulfilled, "Hà Văn Tiến", AFTER, "nhất trí")


def test_the_council_turns_what_the_figures_say_only_downwards():
    plan = a_plan(*FOUR, criteria=[criterion(Rule.TARGETS_AND_TASKS, judged="“xuất sắc”")])
    waiting = rule(plan, figures(96))
    assert (waiting.verdict, waiting.council) == (MET, Council.AWAITED)
    assert why(waiting).endswith("Còn chờ Hội đồng xem xét: “xuất sắc”.")
    assert proposal([waiting]) is Proposal.INCOMPLETE
    yes = rule(plan, figures(96), judgements=[says(True)])
    assert (yes.verdict, yes.council, proposal([yes])) == (MET, Council.YES, Proposal.PROPOSABLE)
    no = rule(plan, figures(96), judgements=[says(True), says(False)])
    assert (no.verdict, no.council, proposal([no])) == (NOT_MET, Council.NO, Proposal.INELIGIBLE)
    assert "Hội đồng không công nhận: Hà Văn Tiến, ngày 10/01/2023 (nhất trí)" in why(no)
    assert rule(plan, figures(95), judgements=[says(True)]).verdict is NOT_MET
    assert rule(plan, judgements=[says(True)]).verdict is UNDECIDED
    assert rule(plan, figures(96), judgements=[says(False), says(None)]).council is Council.AWAITED


def test_what_only_the_council_knows_waits_for_it_and_what_does_not_block_never_hinders():
    alone = criterion(Rule.JUDGEMENT, judged="đột xuất", blocking=False)
    plan = a_plan(*FOUR, criteria=[*TARGETS, alone])

    def verdicts(*judgements):
        hearing = hear(plan, UNITS, figures(96), (), None, judgements, AFTER, year=2022)
        return [r.verdict for r in hearing.rulings], proposal(hearing.rulings)

    assert verdicts() == ([MET, UNDECIDED], Proposal.PROPOSABLE)
    assert verdicts(says(False, "judgement")) == ([MET, NOT_MET], Proposal.PROPOSABLE)
    assert verdicts(says(True, "judgement")) == ([MET, MET], Proposal.PROPOSABLE)


def test_the_shipped_plan_names_its_nine_criteria_and_six_papers(plan):
    assert [c.key for c in plan.criteria] == [
        *("bk_c1_targets", "bk_c2_exceptional", "bk_c3_ratings", "bk_c4_participation", "bk_c5_discipline"),
        *("bk_i1_tasks", "bk_i2_exceptional", "bk_i3_initiative", "bk_i4_discipline"),
    ]
    assert [c.key for c in plan.criteria if not c.blocking] == ["bk_c2_exceptional", "bk_i2_exceptional"]
    assert len(plan.components) == 6
    assert (plan.awards, plan.signer) == (("Giấy khen của Giám đốc Sở",), "Hà Văn Tiến")


# A plan over several years has a round at the end of each.


NTM = "ba-ria-vung-tau-ntm-2021-2025"


def two_years(*indicators, **more):
    return a_plan(*indicators, end=date(2023, 12, 31), **more)


@pytest.fixture
def years(sample, tmp_path):
    """The store with the sample years, to be written to."""
    return Path(shutil.copy(sample, tmp_path / "kpi.duckdb"))


def of_year(year, plan, day=date(2024, 2, 1), subject="P", **facts):
    readings, updates = facts.pop("readings", ()), facts.pop("updates", ())
    hearing = hear(
        plan, UNITS, readings, updates, facts.get("members"), facts.get("judgements", ()), day, year=year
    )
    (found,) = by_subject(hearing.rulings)[subject]
    return found


def test_each_round_goes_by_the_figures_of_its_year_and_is_final_when_that_is_over():
    plan = two_years(indicator(), criteria=TARGETS)
    told = [said("d0", 50, 100), said("d0", 95, 100, quarter=Quarter(2023, 4))]
    assert [r.year for r in plan.rounds] == [2022, 2023]
    assert [of_year(year, plan, readings=told).verdict for year in (2022, 2023)] == [NOT_MET, MET]
    assert of_year(2022, plan, date(2022, 12, 31), readings=told).verdict is UNDECIDED
    assert of_year(2022, plan, date(2023, 1, 1), readings=told).verdict is NOT_MET


def test_a_task_counts_in_the_round_in_which_it_is_due():
    near, next_year = task("NV1", date(2022, 6, 30)), task("NV2", date(2023, 6, 30))
    begins = replace(task("NV3", date(2023, 6, 30)), start=date(2023, 1, 1))
    done = [told(TaskState.DONE, date(2022, 6, 1))]
    for asked, first in ((Rule.TARGETS_AND_TASKS, UNDECIDED), (Rule.TASKS, MET)):
        criteria = [criterion(asked)]
        later = two_years(criteria=criteria, tasks=[next_year, begins])
        assert of_year(2022, later).verdict is first
        assert "NV3" not in why(of_year(2022, later))
        assert "nhiệm vụ NV2 (Việc NV2): chưa bắt đầu, hạn 30/06/2023 (sau năm bình xét)" in why(
            of_year(2022, later)
        )
        assert of_year(2023, later).verdict is NOT_MET
        both = two_years(criteria=criteria, tasks=[near, next_year])
        assert of_year(2022, both, updates=done).verdict is MET
        assert of_year(2022, both).verdict is NOT_MET
        # Told only in the year after, but done in time.
        late = [replace(done[0], quarter=Quarter(2023, 1))]
        assert of_year(2022, both, updates=late).verdict is MET


def test_own_work_decisions_and_the_deadline_belong_to_a_round_too():
    plan = two_years(criteria=[criterion(Rule.TASKS, Nominee.INDIVIDUAL)], dossier_before=date(2024, 1, 15))
    mine = [person(tasks=(OwnTask("Việc sau", date(2023, 6, 30)),))]
    assert [of_year(y, plan, subject="c1", members=mine).verdict for y in (2022, 2023)] == [MET, NOT_MET]
    plan = replace(plan, criteria=(criterion(Rule.DISCIPLINE, Nominee.INDIVIDUAL),))
    warned = Document(number="1", signed_on=date(2022, 5, 1))
    mine = [person(discipline=Discipline.WARNING, decision=warned)]
    assert [of_year(y, plan, subject="c1", members=mine).verdict for y in (2022, 2023)] == [NOT_MET, MET]
    plan = replace(plan, criteria=(criterion(Rule.INITIATIVE, Nominee.INDIVIDUAL),))
    for signed, verdicts in ((date(2022, 5, 1), [MET, MET]), (date(2023, 5, 1), [NOT_MET, MET])):
        mine = [person(initiatives=(Initiative("Phần mềm", Document(number="1", signed_on=signed)),))]
        assert [of_year(y, plan, subject="c1", members=mine).verdict for y in (2022, 2023)] == verdicts
    assert [deadline(plan, year) for year in (2022, 2023)] == [None, moment(2024, 1, 14, 17, 0)]


def test_the_sample_years_of_the_second_plan_are_judged_each_by_itself(years, plans, directory):
    plan = plans[NTM]
    with Store(years) as store:
        store.awards.judge(plan, Judgement(2022, "PTTBCXB", "ntm_c1", True, "Đỗ Hữu Hiền", AFTER), LAN)
        store.awards.judge(plan, Judgement(2022, "PTTBCXB", "ntm_c2", True, "Đỗ Hữu Hiền", AFTER), LAN)
        sent = Receipt(2022, "PTTBCXB", "to-trinh", moment(2023, 1, 3))
        store.awards.receive(plan, sent, LAN)
        found: dict[tuple[int, str, str], Ruling] = {}
        for year in (2022, 2023):
            hearing = hear(
                plan,
                directory.on(plan.start, plan.province),
                store.current(plan.code),
                store.tasks.updates(plan.code),
                None,
                # All of them: what was said in another round does not count.
                store.awards.judgements(plan.code),
                date(2024, 1, 10),
                year=year,
            )
            found |= {(year, r.subject, r.criterion.key): r for r in hearing.rulings}
        assert [len(store.awards.judgements(plan.code, year)) for year in (2022, 2023)] == [2, 0]
        assert [len(store.awards.receipts(plan.code, year)) for year in (2022, 2023)] == [1, 0]
        assert store.verify() == []
        assert vi.subject(store.record.events(LAN)[0], {}).endswith("PTTBCXB, to-trinh, 2022")
    council = {key: r.council for key, r in found.items() if key[1] == "PTTBCXB"}
    assert (council[2022, "PTTBCXB", "ntm_c1"], council[2023, "PTTBCXB", "ntm_c1"]) == (
        Council.YES,
        Council.AWAITED,
    )
    for year in (2022, 2023):
        tasks = found[year, "PTTBCXB", "ntm_c1"]
        assert tasks.verdict is MET
        assert "hạn 31/12/2025 (sau năm bình xét)" in why(tasks)
    of_2022, of_2023 = (found[year, "PTTBCXB", "ntm_c2"] for year in (2022, 2023))
    assert (of_2022.verdict, of_2023.verdict) == (NOT_MET, NOT_MET)
    assert "44/47 = 93,6% < 100%" in why(of_2023)
    assert why(of_2022) != why(of_2023)
    assert "chỉ tiêu 8" in why(of_2022)
    assert {found[2022, "VP", "ntm_c1"].verdict, found[2023, "VP", "ntm_c1"].verdict} == {MET}
    assert "DG2023" not in why(found[2022, "VP", "ntm_c1"])
    assert papers(plan, 2022, "PTTBCXB", "PTTBCXB", [sent])[0].receipt == sent
    assert papers(plan, 2023, "PTTBCXB", "PTTBCXB", [sent])[0].receipt is None


def test_the_papers_of_a_plan_over_several_years_say_the_year(plans, directory):
    plan = plans[NTM]
    units = directory.on(plan.start, plan.province)
    content = packed_for(plan, units, date(2024, 1, 10), "PTTBCXB", year=2023)
    for name, paper in unpacked(content).items():
        if name.endswith(".docx"):
            assert "giai đoạn 2021-2025”, năm 2023" in text_of(paper)
        else:
            rows = [c.value for row in load_workbook(io.BytesIO(paper)).active.iter_rows() for c in row]
            assert f"{plan.title}, năm 2023" in rows


# Papers.


@pytest.mark.parametrize(
    ("came", "in_time"),
    [(moment(2023, 1, 14, 23, 59), True), (moment(2023, 1, 15, 0, 0), False)],
)
def test_a_paper_is_in_time_until_midnight_of_the_office(plan, came, in_time):
    sent = Receipt(2022, "PBCVT", "to-trinh", words.utc(came.date(), came.time()))
    found = papers(plan, 2022, "PBCVT", "PBCVT", [sent])
    assert [p.in_time for p in found] == [in_time, None, None, None, None, None]
    assert deadline(plan, 2022) == moment(2023, 1, 14, 17, 0)
    assert "thứ Bảy, ngày 14/01/2023; ngày làm việc cuối cùng là thứ Sáu, ngày 13/01/2023" in words.deadline(
        plan.dossier_before
    )


def test_a_letter_of_the_unit_counts_for_its_people_and_a_receipt_can_be_taken_back(plan):
    sent = [
        Receipt(2022, "PBCVT", "to-trinh", moment(2023, 1, 3)),
        Receipt(2022, "c1", "tom-tat", moment(2023, 1, 3)),
    ]
    found = {p.component.key: p.receipt is not None for p in papers(plan, 2022, "c1", "PBCVT", sent)}
    assert [key for key, there in found.items() if there] == ["to-trinh", "tom-tat"]
    gone = [*sent, Receipt(2022, "PBCVT", "to-trinh", None)]
    assert papers(plan, 2022, "PBCVT", "PBCVT", gone)[0].receipt is None


def unpacked(content):
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def text_of(word_file):
    found = docx.Document(io.BytesIO(word_file))
    cells = [c.text for t in found.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in found.paragraphs), *cells])


def packed_for(plan, units, day, subject="PBCVT", members=None, year=2022):
    hearing = hear(plan, units, (), (), members, (), day, year=year)
    forms = form_files.load(DATA / "forms.csv")
    return dossier(plan, hearing, subject, forms=forms, templates=DATA / "templates", day=day)


@pytest.mark.parametrize(
    ("day", "cited"),
    [
        (date(2023, 1, 10), "Mẫu số 07 (Nghị định số 91/2017/NĐ-CP)"),
        (date(2024, 1, 1), "(?) (Nghị định số 98/2023/NĐ-CP)"),
        (date(2025, 7, 1), "(?) (Nghị định số 152/2025/NĐ-CP)"),
    ],
)
def test_the_zip_holds_exactly_what_the_plan_names_with_the_form_of_the_day(plan, units, day, cited):
    content = packed_for(plan, units, day)
    assert content == packed_for(plan, units, day)
    found = unpacked(content)
    assert (
        list(found)
        == list(names(plan, "PBCVT"))
        == [
            "01-to-trinh.docx",
            "02-bao-cao-thanh-tich-PBCVT.docx",
            "03-tom-tat-PBCVT.docx",
            "04-bien-ban.docx",
            "05-phu-luc-so-lieu-PBCVT.xlsx",
            "06-danh-muc-minh-chung-PBCVT.xlsx",
        ]
    )
    assert cited in text_of(found["02-bao-cao-thanh-tich-PBCVT.docx"])
    for name, paper in found.items():
        if name.endswith(".docx"):
            said = text_of(paper)
            assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in said
            assert "Phòng Bưu chính – Viễn thông" in said
            assert "{{" not in said
        else:
            rows = [c.value for row in load_workbook(io.BytesIO(paper)).active.iter_rows() for c in row]
            assert "Phòng Bưu chính – Viễn thông" in rows
    fewer = replace(plan, components=plan.components[:2])
    assert len(unpacked(packed_for(fewer, units, day))) == 2


@pytest.mark.parametrize("name", ["to-trinh", "bao-cao-thanh-tich", "tom-tat-thanh-tich", "bien-ban"])
def test_the_shipped_templates_have_no_fault_and_a_spoiled_one_is_refused(plan, units, tmp_path, name):
    template = (DATA / "templates" / f"{name}.docx").read_bytes()
    assert check(template) == []
    spoiled = docx.Document(io.BytesIO(template))
    spoiled.add_paragraph("{{ nguoi_ki }}")
    spoiled.save(str(tmp_path / f"{name}.docx"))
    (fault,) = check((tmp_path / f"{name}.docx").read_bytes())
    assert "nguoi_ki" in fault
    only = replace(plan, components=tuple(c for c in plan.components if c.paper == name))
    hearing = hear(only, units, (), (), None, (), AFTER, year=2022)
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(TemplateError):
            dossier(only, hearing, "PBCVT", forms=(), templates=folder, day=AFTER)


def test_a_person_has_a_dossier_once_the_list_is_in(plan, units):
    with pytest.raises(UnknownSubjectError):
        packed_for(plan, units, AFTER, "c1")
    member = replace(person(position="Chuyên viên"), room="PCNTT")
    found = unpacked(packed_for(plan, units, AFTER, "c1", (member,)))
    said = text_of(found["02-bao-cao-thanh-tich-c1.docx"])
    assert NAME in said
    assert "Chuyên viên, Phòng Công nghệ thông tin" in said


def test_every_fault_of_the_forms_is_told(tmp_path):
    broken = tmp_path / "forms.csv"
    shutil.copy(DATA / "forms.csv", broken)
    lines = broken.read_text("utf-8").splitlines()
    lines += ["bien-ban,BB,,2021-01-01,2020-01-01,x", "to-trinh,TTr,x,hôm nay,,x", "a,b"]
    broken.write_text("\n".join(lines), "utf-8")
    with pytest.raises(FaultyFileError) as caught:
        form_files.load(broken)
    reasons = [(f.line, f.reason) for f in caught.value.faults]
    assert reasons == [(7, "missing"), (7, "ends_before_it_begins"), (8, "not_date"), (9, "wrong_cell_count")]
    broken.write_text("\n".join([*lines[:6], "to-trinh,TTr,x,2022-01-01,,x"]), "utf-8")
    assert [f.reason for f in plan_files.check(tmp_path) if not f.warning] == ["overlaps"]


# The store.


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "kpi.duckdb") as opened:
        yield opened


@pytest.fixture
def personal(plan):
    return replace(plan, erase_personal=date(2023, 12, 31))


PEOPLE_OF_ROOM = (
    replace(
        person(rating=Rating.EXCELLENT, tasks=(OwnTask("Việc", date(2022, 6, 30)),)),
        room="PCNTT",
        initiatives=(Initiative("Phần mềm", Document("", "1/QĐ", date(2022, 5, 5), "Sở")),),
    ),
)


def acts(store):
    return [(e.act, e.person, e.before, e.after.split(" ")[0]) for e in store.record.events(LAN)]


def test_what_the_council_says_and_what_comes_in_is_kept_and_on_record(store, plan):
    store.awards.judge(plan, Judgement(2022, "PBCVT", "bk_c4_participation", True, "Hà Văn Tiến", AFTER), LAN)
    paper = Document(number="12/TTr-BCVT", signed_on=date(2023, 1, 9))
    store.awards.receive(
        plan, Receipt(2022, "PBCVT", "to-trinh", moment(2023, 1, 14, 16, 59), paper, "đủ"), LAN
    )
    (judgement,) = store.awards.judgements(plan.code)
    assert (judgement.fulfilled, judgement.by, judgement.person) == (True, "Hà Văn Tiến", "Lan")
    (receipt,) = store.awards.receipts(plan.code)
    assert (receipt.document, receipt.note) == (paper, "đủ")
    assert [act for act, *_ in acts(store)] == [Act.RECEIPT, Act.JUDGEMENT]
    assert store.verify() == []
    with store._database.change() as db:
        db.execute("update judgement set fulfilled = false")
        db.execute("delete from receipt")
    assert {(f.fault, f.id) for f in store.verify()} == {("judgement", 1), ("receipt", 1)}


def test_nobody_judges_what_is_not_there(store, plan):
    for subject, key in (("P9", "bk_c4_participation"), ("PBCVT", "bk_c3_ratings"), ("PBCVT", "x")):
        with pytest.raises(UnknownSubjectError):
            store.awards.judge(plan, Judgement(2022, subject, key, True, "A", AFTER), LAN)
    with pytest.raises(UnknownSubjectError):
        store.awards.judge(plan, Judgement(2023, "PBCVT", "bk_c4_participation", True, "A", AFTER), LAN)
    with pytest.raises(UnknownSubjectError):
        store.awards.receive(plan, Receipt(2022, "PBCVT", "x", moment(2023, 1, 1)), LAN)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REPORTER, Role.ROOM, Role.ADMIN])
def test_only_the_office_handles_awards_and_whoever_else_tries_is_on_record(store, personal, role):
    other = PEOPLE[role]
    tries = [
        lambda: store.awards.judge(
            personal, Judgement(2022, "PBCVT", "bk_c4_participation", True, "A", AFTER), other
        ),
        lambda: store.awards.receive(personal, Receipt(2022, "PBCVT", "to-trinh", moment(2023, 1, 1)), other),
        lambda: store.awards.keep_members(personal, 2022, PEOPLE_OF_ROOM, other, today=AFTER),
        lambda: store.awards.members(personal, 2022, other, AFTER),
        lambda: store.awards.note_dossier(personal, "PBCVT", "x.zip", b"", other),
    ]
    for attempt in tries:
        with pytest.raises(NotAllowedError):
            attempt()
    assert [act for act, *_ in acts(store)] == [Act.REFUSED] * len(tries)


def holds_the_name(folder):
    return [p.name for p in folder.rglob("*") if p.is_file() and NAME.encode() in p.read_bytes()]


def test_a_list_is_replaced_whole_and_erased_on_its_day_also_after_reopening(tmp_path, personal, sender):
    path = tmp_path / "kpi.duckdb"
    last = date(2023, 12, 30)
    with Store(path) as store:
        awards = store.awards
        assert awards.members(personal, 2022, LAN, AFTER) is None
        awards.keep_members(personal, 2022, [person(f"c{n}") for n in range(3)], LAN, today=AFTER)
        awards.keep_members(
            personal, 2022, PEOPLE_OF_ROOM, LAN, today=AFTER, sha256="ab", filename=f"{NAME}.xlsx"
        )
        assert awards.members(personal, 2022, LAN, last) == PEOPLE_OF_ROOM
        # What is written later keeps freed blocks from being cut off the end of the file.
        store.keep(sender.posts(Q2, 18, 19), LAN)
    assert holds_the_name(tmp_path) == ["kpi.duckdb"]
    with Store(path) as store:
        assert store.awards.members(personal, 2022, LAN, last) == PEOPLE_OF_ROOM
        backup = store.back_up(LAN)
        assert store.awards.erase_personal({personal.code: personal}, last) == []
        assert store.awards.erase_personal({}, date(2023, 12, 31)) == [personal.code]
        assert store.awards.members(personal, 2022, LAN, last) is None
        assert acts(store)[0] == (Act.PERSONAL, "@program", "", "erased")
        assert (Act.PERSONAL, "Lan@console", "replaced 3", "kept") in acts(store)
        told = [vi.details(e, {}) for e in store.record.events(LAN, act=Act.PERSONAL)]
        assert told == [
            ("", "Xóa danh sách 1 người"),
            ("Thay danh sách 3 người", "Lưu danh sách 1 người; ab"),
            ("", "Lưu danh sách 3 người"),
        ]
        with pytest.raises(PersonalErasedError):
            store.awards.keep_members(personal, 2022, PEOPLE_OF_ROOM, LAN, today=date(2023, 12, 31))
        assert all(NAME not in str(event) for event in store.record.events(LAN))
        with store._database.cursor() as db:
            for (table,) in db.execute("show tables").fetchall():
                assert NAME not in str(db.execute(f"select * from {table}").fetchall())  # noqa: S608
        assert store.verify() == []
    assert holds_the_name(tmp_path) == []
    with zipfile.ZipFile(backup) as packed:
        assert NAME.encode() not in packed.read("kpi.duckdb")
    with Store(path) as store:
        assert store.awards.members(personal, 2022, LAN, date(2024, 1, 1)) is None


def test_every_round_has_a_list_of_its_own(store, plans):
    plan = replace(plans[NTM], erase_personal=date(2030, 12, 31))
    first, second = [person("a")], [person("b"), person("c")]
    store.awards.keep_members(plan, 2022, first, LAN, today=AFTER)
    store.awards.keep_members(plan, 2023, second, LAN, today=AFTER)
    assert [len(store.awards.members(plan, year, LAN, AFTER) or ()) for year in (2022, 2023)] == [1, 2]
    assert store.awards.members(plan, 2024, LAN, AFTER) is None
    store.awards.judge(plan, Judgement(2022, "a", "ntm_i1", True, "A", AFTER), LAN)
    for year, code in ((2023, "a"), (2026, "PTTBCXB")):
        with pytest.raises(UnknownSubjectError):
            store.awards.judge(plan, Judgement(year, code, "ntm_i1", True, "A", AFTER), LAN)
    assert store.awards.erase_personal({plan.code: plan}, date(2030, 12, 31)) == [plan.code]
    assert store.awards.members(plan, 2022, LAN, date(2031, 1, 1)) is None
    assert {e.subject for e in store.record.events(LAN, act=Act.PERSONAL)} == {f"{NTM} 2022", f"{NTM} 2023"}
    assert store.verify() == []


# The form of the list.


def filled(plan, **sheets):
    book = load_workbook(io.BytesIO(blank_members(plan, 2022)))
    for title, rows in zip(
        (words.PEOPLE_SHEET, words.INITIATIVE_SHEET, words.WORK_SHEET), sheets.values(), strict=False
    ):
        for place, row in enumerate(rows, start=5):
            for column, value in enumerate(row, start=1):
                book[title].cell(place, column).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


GOOD = {
    "people": [
        ("001", NAME, "Phòng Công nghệ thông tin", "Trưởng phòng", "Hoàn thành xuất sắc nhiệm vụ", "Không"),
        (
            "002",
            "Lò Văn Ẩn",
            "PBCVT",
            None,
            "hoan thanh tot nhiem vu",
            "Khiển trách",
            "12/QĐ",
            date(2022, 3, 4),
        ),
        ("003", "Hà Thị Im", "VP"),
    ],
    "initiatives": [("001", "Phần mềm", "1/QĐ", "05/05/2022", "Sở")],
    "work": [("002", "Soạn đề án", moment(2022, 6, 30), date(2022, 6, 1))],
}


def test_the_form_comes_back_as_people(plan):
    blank = blank_members(plan, 2022)
    assert blank == blank_members(plan, 2022)
    sheets = load_workbook(io.BytesIO(blank))
    assert sheets.sheetnames == ["Cá nhân", "Sáng kiến", "Công việc", "Hướng dẫn", "_danh_muc"]
    assert all(sheets[name]["A1"].value == words.RESTRICTED for name in sheets.sheetnames[:4])
    draft = read_members("ds.xlsx", filled(plan, **GOOD), plan)
    assert draft.clean
    first, second, third = draft.members
    assert (first.code, first.room, first.rating) == ("001", "PCNTT", Rating.EXCELLENT)
    assert first.initiatives[0].recognition.signed_on == date(2022, 5, 5)
    assert (second.discipline, second.tasks[0].done_on) == (Discipline.REPRIMAND, date(2022, 6, 1))
    assert (third.rating, third.discipline) == (None, None)


def test_every_mistake_in_the_list_is_told_with_its_cell_and_nothing_is_read(plan):
    bad = {
        "people": [
            (None, "A", "Phòng X"),
            ("0 1", None, "VP", None, "Giỏi", "Cảnh cáo"),
            ("PCNTT", "B", "VP", None, None, "Phạt", "1", "31/02/2022"),
            ("2", "C", "VP"),
            ("2", "D", "VP"),
        ],
        "initiatives": [("9", None)],
        "work": [("2", "Việc", "mai"), ("2", None, None)],
    }
    draft = read_members("ds.xlsx", filled(plan, **bad), plan)
    assert draft.members == ()
    where = [(p.at.sheet, p.at.address) for p in draft.problems if p.at]
    assert where == [
        *(("Cá nhân", a) for a in ("A5", "C5", "A6", "B6", "E6", "G6", "H6", "A7", "F7", "H7", "A9")),
        *(("Sáng kiến", a) for a in ("A5", "B5")),
        *(("Công việc", a) for a in ("C5", "B6", "C6")),
    ]
    for problem in draft.problems:
        assert problem.at
        told = words.explain(problem)
        assert told.startswith(f"Trang “{problem.at.sheet}”, ô {problem.at.address}: ")
        assert told.endswith(".")


def test_a_file_that_is_no_list_is_told_as_such(plan):
    assert "rỗng" in words.explain(read_members("x.xlsx", b"", plan).problems[0])
    (nobody,) = read_members("x.xlsx", blank_members(plan, 2022), plan).problems
    assert "chưa ghi ai" in words.explain(nobody)
    book = load_workbook(io.BytesIO(blank_members(plan, 2022)))
    del book["Sáng kiến"]
    book["Công việc"]["C4"].value = "Hạn"
    out = io.BytesIO()
    book.save(out)
    told = [words.explain(p) for p in read_members("x.xlsx", out.getvalue(), plan).problems]
    assert told == [
        "Tệp không có trang “Sáng kiến”. Hãy dùng biểu mẫu tải ở trang “Bình xét”, không đổi tên trang.",
        "Trang “Công việc” không có cột “Hạn hoàn thành”. Hãy dùng biểu mẫu tải ở trang “Bình xét”, không xóa cột.",
    ]


# The command line.


def run(*args):
    return CliRunner().invoke(main, list(args), catch_exceptions=False)


def test_the_command_line_rules_and_packs(tmp_path, sender):
    home = str(tmp_path / "kpi.duckdb")
    with Store(Path(home)) as store:
        store.keep(sender.posts(Quarter(2022, 4), 18), LAN)
    common = ("--plan", "bac-kan-2022", "--day", "2023-01-10", "--store", home, "--json")
    done = run("awards", *common)
    found = json.loads(done.output.splitlines()[-1])
    assert {r["year"] for r in found} == {2022}
    assert "Bình xét năm" not in done.output
    assert {r["subject"] for r in found} == {"VP", "PTTBCXB", "PBCVT", "PCNTT", "TTCNTT"}
    by_key = {(r["subject"], r["criterion"]): r for r in found}
    first = by_key["PCNTT", "bk_c1_targets"]
    assert first["verdict"] == "not_met"
    assert "nhiệm vụ NV2" in first["reason"]
    assert first["evidence"] == [e for e in first["evidence"] if isinstance(e, str)] != []
    assert by_key["PBCVT", "bk_c3_ratings"]["verdict"] == "undecided"
    assert words.ONLY_PROPOSED in done.output
    out = tmp_path / "ho-so.zip"
    made = run("dossier", "--subject", "PCNTT", "--out", str(out), *common)
    answer = json.loads(made.output.splitlines()[-1])
    assert answer["names"] == list(unpacked(out.read_bytes()))
    with Store(Path(home)) as store:
        newest = store.record.events(LAN)[0]
        assert (newest.act, newest.unit, newest.after) == (Act.EXPORT, "PCNTT", answer["sha256"])
        assert store.verify() == []
    wrong = run("dossier", "--subject", "P9", "--out", str(out), *common)
    assert wrong.exit_code == 2
    assert "Không có tập thể, cá nhân nào mang mã “P9”" in wrong.output
    assert run("awards", "--plan", "bac-kan-2022", "--day", "mai", "--store", home).exit_code == 2


def test_the_command_line_asks_for_a_year(years, tmp_path):
    common = ("--plan", NTM, "--store", str(years), "--json")

    def asked_for(*args):
        done = run("awards", *common, *args)
        found = json.loads(done.output.splitlines()[-1])
        (year,) = {r["year"] for r in found}
        assert f"Bình xét năm {year}" in done.output
        return year, {(r["subject"], r["criterion"]): r["reason"] for r in found}

    asked, reasons = asked_for("--year", "2022", "--day", "2024-01-10")
    assert asked == 2022
    newest, others = asked_for("--day", "2024-01-10")
    assert newest == 2023
    assert "44/47" in others["PTTBCXB", "ntm_c2"]
    assert reasons["PTTBCXB", "ntm_c2"] != others["PTTBCXB", "ntm_c2"]
    wrong = run("awards", *common, "--year", "2021")
    assert wrong.exit_code == 2
    assert "Kế hoạch không có kỳ bình xét năm 2021. Có: 2022, 2023, 2024, 2025." in wrong.output
    by = ("--by", "A", "--day", "2024-01-10", "--person", "Lan", "--criterion", "ntm_c1", "--says", "no")
    said = run("council", "judge", "--subject", "VP", "--year", "2022", *by, *common)
    assert "Đã ghi ý kiến Hội đồng năm 2022" in said.output
    assert "Hội đồng không công nhận" in asked_for("--year", "2022", "--day", "2024-01-10")[1]["VP", "ntm_c1"]
    assert (
        "Hội đồng không công nhận"
        not in asked_for("--year", "2023", "--day", "2024-01-10")[1]["VP", "ntm_c1"]
    )
    out = tmp_path / "x.zip"
    made = run(
        "dossier", *common, "--subject", "VP", "--year", "2022", "--day", "2024-01-10", "--out", str(out)
    )
    assert json.loads(made.output.splitlines()[-1])["year"] == 2022


def test_the_command_line_does_what_the_council_does(tmp_path, plan):
    home, data = str(tmp_path / "kpi.duckdb"), tmp_path / "data"
    (data / "plans").mkdir(parents=True)
    text = (DATA / "plans" / "bac-kan-2022.toml").read_text("utf-8")
    (data / "plans" / "bac-kan-2022.toml").write_text(text.replace("2027-12-31 #", "2999-12-31 #"), "utf-8")
    common = ("--plan", "bac-kan-2022", "--store", home, "--json")
    file = tmp_path / "ds.xlsx"

    def council(*args):
        return CliRunner().invoke(
            main, ["council", *args, *common], catch_exceptions=False, env={"KPI_DATA": str(data)}
        )

    assert council("blank", "--out", str(file)).exit_code == 0
    refused = council("keep", str(file), "--person", "Lan")
    assert refused.exit_code == 1
    assert "chưa ghi ai" in refused.output
    file.write_bytes(filled(plan, **GOOD))
    assert "Đã lưu danh sách: 3 người" in council("keep", str(file), "--person", "Lan").output
    by = ("--by", "Hà Văn Tiến", "--day", "2023-01-10", "--person", "Lan")
    told = council("judge", "--subject", "001", "--criterion", "bk_i1_tasks", "--says", "no", *by)
    assert "Đã ghi ý kiến Hội đồng (số 1)." in told.output
    at = ("--component", "to-trinh", "--at", "2023-01-14T23:59", "--number", "12/TTr", "--person", "Lan")
    assert council("receive", "--subject", "VP", *at).exit_code == 0
    wrong = council("receive", "--subject", "VP", "--component", "to-trinh", "--at", "mai", "--person", "Lan")
    assert wrong.exit_code == 2
    with Store(Path(home)) as store:
        (receipt,) = store.awards.receipts(plan.code)
        assert receipt.received_at == moment(2023, 1, 14, 16, 59)
    done = CliRunner().invoke(main, ["awards", *common], env={"KPI_DATA": str(data)})
    found = {(r["subject"], r["criterion"]): r for r in json.loads(done.output.splitlines()[-1])}
    assert found["001", "bk_i1_tasks"]["verdict"] == "not_met"
    assert found["001", "bk_i1_tasks"]["judgement"] == "no"
    assert found["001", "bk_i3_initiative"]["verdict"] == "met"
    assert found["002", "bk_i3_initiative"]["nominee"] == "individual"
