"""The office's desk: look over what was sent for a quarter, approve it, close the quarter."""

import streamlit as st

from kpi import review, ui

here = ui.require("office")
ui.page_title("Duyệt và chốt kỳ")
st.caption("Xem số liệu các đơn vị đã gửi, duyệt hoặc trả lại, rồi chốt kỳ khi đã đủ.")
view = ui.pick_view(judged=False)

lines = review.lines(view)
review.show_lines(view, lines)
review.offer_approval_of_all(here, lines)
review.show_one(view, here, lines)
review.offer_closing(view, here, lines)
