"""Where the province stands: the sentence, the indicators, who has not sent, what moved."""

import streamlit as st

from kpi import board, ui, vi

ui.require("progress")
ui.page_title("Tổng quan")
view = ui.pick_view()
if ui.empty_store(view):
    st.stop()

shown = board.overview(view)
st.markdown(shown.standing)
with st.grid(5, min_column_width=135):
    for label, count in shown.counts.items():
        st.metric(label, count, border=True)

table, drawing = st.columns([11, 9], gap="medium")
# The drawing first: its script is the heaviest thing a browser has to load.
with drawing:
    heading, key = board.drawing(view.plan)
    st.subheader(heading, anchor=False)
    st.caption(key)
    shown.show_bullets()
with table:
    st.subheader("Các chỉ tiêu", anchor=False)
    st.table(shown.indicators, border="horizontal", hide_index=True, alt="Các chỉ tiêu")

late, moved = st.columns([9, 11], gap="medium")
with late:
    st.subheader("Chưa gửi báo cáo", anchor=False)
    st.caption(f"{vi.quarter(view.quarter)}, hạn gửi ngày {vi.day(view.plan.due(view.quarter))}")
    if shown.unsent.empty:
        st.success("Tất cả đơn vị đã gửi báo cáo.")
    else:
        st.table(shown.unsent, border="horizontal", hide_index=True, hide_header=True, alt="Chưa gửi báo cáo")
with moved:
    st.subheader("Thay đổi so với quý trước", anchor=False)
    if not shown.changes.empty:
        st.table(shown.changes, border="horizontal", hide_index=True, alt="Thay đổi so với quý trước")
    elif view.quarter == view.plan.quarters[0]:
        st.info("Đây là quý đầu tiên của kế hoạch, chưa có quý trước để so sánh.")
    else:
        st.info("Không có thay đổi so với quý trước.")
