"""Where the province stands: the sentence, the indicators, who has not sent, what moved."""

import streamlit as st

from kpi import board, charts, ui, vi

ui.require("progress")
ui.page_title("Tổng quan")
view = ui.pick_view()
if ui.empty_store(view):
    st.stop()

rows = ui.assessments(view)
unsent = ui.unsent(view)
expected = len(view.plan.reporters)

st.markdown(board.standing(view, rows))
with st.grid(5, min_column_width=150):
    for label, count in board.counts(rows).items():
        st.metric(label, f"{count}/{len(rows)}", border=True)
    st.metric("Đơn vị đã gửi báo cáo", f"{expected - len(unsent)}/{expected}", border=True)

table, drawing = st.columns([11, 9], gap="medium")
with table:
    st.subheader("Các chỉ tiêu", anchor=False)
    st.table(board.sheet(rows), border="horizontal", alt=f"Các chỉ tiêu, {vi.quarter(view.quarter)}")
with drawing:
    st.subheader("So với chỉ tiêu giao", anchor=False)
    st.caption(
        "Thanh màu: kết quả, tính bằng % của chỉ tiêu. Vạch đứng: chỉ tiêu. Hình thoi: mức cần có theo tiến độ. "
        "Phần gạch chéo: mức có thể đạt khi các đơn vị còn lại báo cáo."
    )
    board.chart(view, lambda: charts.bullets(rows), "bullets", alt=board.standing(view, rows))

late, moved = st.columns([9, 11], gap="medium")
with late:
    st.subheader("Chưa gửi báo cáo", anchor=False)
    st.caption(f"{vi.quarter(view.quarter)}, hạn gửi ngày {vi.day(view.plan.due(view.quarter))}")
    if unsent:
        st.table([{"Đơn vị": ui.plain(r.name)} for r in unsent], border="horizontal", hide_header=True)
    else:
        st.success("Tất cả đơn vị đã gửi báo cáo.")
with moved:
    st.subheader("Thay đổi so với quý trước", anchor=False)
    changes = board.changes(view, rows)
    if changes:
        st.table(changes, border="horizontal", alt="Thay đổi so với quý trước")
    elif view.quarter == view.plan.quarters[0]:
        st.info("Đây là quý đầu tiên của kế hoạch, chưa có quý trước để so sánh.")
    else:
        st.info("Không có thay đổi so với quý trước.")
