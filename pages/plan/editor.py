"""The plan as it is today, every change of it, every text it had, and the next one."""

import streamlit as st

from kpi import planning, ui

here = ui.require("plan")
ui.page_title("Kế hoạch")
st.caption(
    "Sửa chỉ tiêu giao, phòng phụ trách, mốc thời gian; thêm nhiệm vụ phát sinh; tạo kế hoạch năm sau. "
    "Mọi bản kế hoạch đều được giữ, mỗi lần sửa đều vào nhật ký."
)
planning.offer_mending(here)
sheet = planning.open_sheet(ui.pick_plan(), here)
planning.show_standing(sheet)

names = (
    "Chỉ tiêu",
    "Nhiệm vụ và mốc",
    "Nhiệm vụ phát sinh",
    "Tiêu chí",
    "Các bản đã dùng",
    "Tạo kế hoạch năm sau",
)
targets, tasks, new_task, criteria, texts, next_plan = st.tabs(
    names, key="sua_kh", on_change="rerun", bind="query-params"
)
with targets:
    planning.offer_targets(sheet)
with tasks:
    planning.offer_tasks(sheet)
with new_task:
    planning.offer_new_task(sheet)
with criteria:
    planning.offer_criteria(sheet)
with texts:
    planning.show_texts(sheet)
with next_plan:
    planning.offer_copy(sheet)
    planning.offer_removal(sheet)
