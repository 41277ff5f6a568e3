import streamlit as st

from kpi import journal, ui

here = ui.require("record")
ui.page_title("Nhật ký")
st.caption("Ai đã làm gì, lúc nào. Nhật ký chỉ ghi thêm: không ai sửa hay xóa được trong chương trình.")

found = journal.pick_events(here)
if found:
    journal.show_events(found)
    journal.offer_csv(found)
else:
    st.info("Không có việc nào khớp với bộ lọc.")
journal.offer_check()
