"""The tasks of the plan: how they stand, through time and one by one, and the telling of it."""

from functools import partial

import streamlit as st

from kpi import board, charts, ui, vi, work

here = ui.require("progress")
ui.page_title("Nhiệm vụ")
view = ui.pick_view(judged=False)
if not view.plan.tasks:
    st.info("Kế hoạch này không giao nhiệm vụ nào.")
    st.stop()

day = ui.as_known(view)
found = ui.standings(view)
st.caption(f"Tình trạng tính đến ngày {vi.day(day)}, theo các cập nhật đến hết {vi.quarter(view.quarter)}.")
work.show_counts(found)
shown = work.pick(found)
if not shown:
    st.info("Không có nhiệm vụ nào khớp với bộ lọc. Hãy chọn lại “Tất cả” hoặc tắt “Chỉ việc chậm”.")
    st.stop()

work.show_table(shown, f"Nhiệm vụ, {vi.quarter(view.quarter)}", chosen=len(shown) < len(found))
st.subheader("Dòng thời gian", anchor=False)
with st.container(height=700 if work.in_own_box(shown) else "content"):
    board.chart(
        view,
        partial(charts.timeline, shown, day),
        "timeline",
        work.stamp(shown),
        str(day),
        alt=f"Dòng thời gian của {vi.number(len(shown))} nhiệm vụ",
    )
st.caption(
    "Thanh: từ ngày bắt đầu đến hạn. Vạch tím: ngày xem. Vòng tròn: ngày hoàn thành. "
    "Hình thoi: mốc sơ kết, tổng kết."
)
work.show_one(view, here, shown)
work.offer_forms(view, here)
work.offer_editor(here)
