"""Who stands where: units against indicators, the order of the units, one unit's sheet; or the rooms."""

import streamlit as st

from kpi import board, charts, ui, vi

ui.require("progress")
ui.page_title("Tiến độ theo đơn vị")
view = ui.pick_view()
if ui.empty_store(view):
    st.stop()

BY_UNIT, BY_ROOM = "Đơn vị báo cáo", "Phòng phụ trách"
way = st.segmented_control(
    "Xem theo", [BY_UNIT, BY_ROOM], default=BY_UNIT, key="xem", bind="query-params", required=True
)
if way == BY_ROOM:
    board.show_rooms(view)
    st.stop()

unit = board.pick_unit(view)
board.show_path(view, unit)
own = ui.assessments(view, [unit])
if unit != view.units.province:
    st.subheader("Các chỉ tiêu của đơn vị", anchor=False)
    if own:
        st.table(board.sheet(own), border="horizontal", alt=f"Các chỉ tiêu của {unit.title}")
    else:
        st.info("Đơn vị này không có chỉ tiêu nào phải báo cáo.")

below = view.units.children(unit.code)
if not below:
    st.stop()

parts = ui.assessments(view, below)
st.subheader("Bảng đơn vị và chỉ tiêu", anchor=False)
for level in dict.fromkeys(r.unit.level for r in parts):
    shown = [r for r in parts if r.unit.level is level]
    asked = {r.indicator.number for r in shown}
    st.table(
        board.heat([*(r for r in own if r.indicator.number in asked), *shown], unit),
        alt=f"Đơn vị và chỉ tiêu, {unit.title}",
    )
st.markdown(board.legend())

if not (comparable := board.comparable(parts)):
    st.stop()
st.subheader("Xếp thứ tự theo một chỉ tiêu", anchor=False)
chosen = board.pick_indicator(comparable)
ranked = [r for r in parts if r.indicator == chosen]
line = "Vạch đứng: chỉ tiêu giao cho cả tỉnh, lấy làm mức so sánh cho từng đơn vị (?). "
st.caption(f"{line if chosen.target else ''}Phần gạch chéo: mức có thể đạt khi báo cáo đủ.")
alt = f"{chosen.short_name}, {unit.title}, {vi.quarter(view.quarter)}"
board.chart(view, lambda: charts.ranking(ranked), "ranking", unit.code, chosen.number, alt=alt)
