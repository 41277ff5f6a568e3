import streamlit as st

from kpi import reporting, ui

ui.require("office")
ui.page_title("Báo cáo")
st.caption(
    "Báo cáo gửi Ban Thi đua – Khen thưởng tỉnh: xem trước, kiểm tra phần còn thiếu, rồi tải về. "
    "Mỗi lần tải về là một bản chụp: số liệu và kế hoạch lúc ấy được giữ lại."
)
view = ui.pick_view()
if ui.empty_store(view):
    st.stop()

period = reporting.pick_period(view)
reporting.show_unsent(view)
report, figures = reporting.gathered(view, period)
reporting.show(view, report)
reporting.offer(view, period, report, figures)
reporting.show_exports(view)
