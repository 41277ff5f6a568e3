"""One indicator: through the year, by unit, what lacks and where, what it means, where each figure came from."""

import streamlit as st

from kpi import board, charts, ui, vi
from kpi.model import Kind

ui.require("progress")
ui.page_title("Một chỉ tiêu")
view = ui.pick_view()
if ui.empty_store(view):
    st.stop()

indicator = board.pick_indicator(view.plan.indicators)
heading, course = board.course(view, indicator)
row = next(r for r in course if r.quarter == view.quarter)

st.subheader(f"{indicator.number}\\. {ui.plain(indicator.name)}", anchor=False)
st.markdown(f"{board.badge(row)} **{board.result(row)}** · {board.aside(row)}")
if remarks := [*board.distance(row), *board.remarks(row)]:
    st.markdown(f":small[{'; '.join(remarks)}]")

by_time, by_unit = st.columns(2, gap="medium")
with by_time:
    st.subheader(heading, anchor=False)
    alt = f"{indicator.short_name} qua các quý"
    if indicator.kind is Kind.RANK:
        board.chart(
            view, lambda: charts.editions(indicator, row.readings), "editions", indicator.number, alt=alt
        )
    else:
        board.chart(
            view,
            lambda: charts.quarters(course, view.quarter, vi.SERIES),
            "quarters",
            indicator.number,
            alt=alt,
        )
    board.show_missing(view, row)
    st.subheader("Cách tính", anchor=False)
    st.markdown(board.meaning(indicator))
with by_unit:
    st.subheader("Theo đơn vị", anchor=False)
    parts = ui.assessments(view, view.units.children(view.plan.province))
    ranked = [r for r in parts if r.indicator == indicator]
    if ranked:
        alt = f"{indicator.short_name} theo đơn vị"
        board.chart(view, lambda: charts.ranking(ranked), "parts", indicator.number, alt=alt)
    else:
        st.info("Chỉ tiêu này tính chung cho toàn tỉnh, không chia theo đơn vị.")

st.subheader("Nguồn của từng số liệu", anchor=False)
found = board.sources(view, row)
if found:
    st.dataframe(found, hide_index=True, alt=f"Nguồn số liệu của {indicator.short_name}")
else:
    st.info(f"Chưa có số liệu nào của chỉ tiêu này đến hết {vi.quarter(view.quarter)}.")
