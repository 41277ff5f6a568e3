"""One indicator: through the year, by unit, what lacks and where, what it means, where each figure came from."""

import streamlit as st

from kpi import charts, ui, vi
from kpi.model import Kind

ui.require("progress")
ui.page_title("Một chỉ tiêu")
view = ui.pick_view()
if ui.empty_store(view):
    st.stop()

indicator = ui.pick_indicator(view.plan.indicators)
upto = [q for q in view.plan.quarters if q <= view.quarter]
course = [r for q in upto for r in ui.assessments(view, quarter=q) if r.indicator == indicator]
row = course[-1]

st.subheader(f"{indicator.number}\\. {ui.plain(indicator.name)}", anchor=False)
st.markdown(f"{ui.badge(row)} **{ui.result(row)}** · {ui.aside(row)}")
for remark in ui.remarks(row):
    st.caption(remark)

by_time, by_unit = st.columns(2, gap="medium")
with by_time:
    st.subheader("Diễn biến trong năm", anchor=False)
    alt = f"{indicator.short_name} qua các quý"
    if indicator.kind is Kind.RANK:
        ui.chart(
            view, lambda: charts.editions(indicator, row.readings), "editions", indicator.number, alt=alt
        )
    else:
        names = {"value": "Kết quả", "pace": "Tiến độ cần có", "target": "Chỉ tiêu"}
        ui.chart(view, lambda: charts.quarters(course, names), "quarters", indicator.number, alt=alt)
    ui.show_missing(view, row)
with by_unit:
    st.subheader("Theo đơn vị", anchor=False)
    parts = ui.assessments(view, view.units.children(view.plan.province))
    ranked = [r for r in parts if r.indicator == indicator]
    if ranked:
        alt = f"{indicator.short_name} theo đơn vị"
        ui.chart(view, lambda: charts.ranking(ranked), "parts", indicator.number, alt=alt)
    else:
        st.info("Chỉ tiêu này tính chung cho toàn tỉnh, không chia theo đơn vị.")

st.subheader("Cách tính", anchor=False)
st.table(ui.meaning(indicator), border="horizontal", alt=f"Cách tính {indicator.short_name}")

st.subheader("Nguồn của từng số liệu", anchor=False)
found = ui.sources(view, row)
if found:
    st.dataframe(found, hide_index=True, alt=f"Nguồn số liệu của {indicator.short_name}")
else:
    st.info(f"Chưa có số liệu nào của chỉ tiêu này đến hết {vi.quarter(view.quarter)}.")
