"""The tasks of the plan and their state, to read only."""

import streamlit as st

from kpi import board, ui, vi

ui.require("progress")
ui.page_title("Nhiệm vụ")
view = ui.pick_view()
if not view.plan.tasks:
    st.info("Kế hoạch này không giao nhiệm vụ nào.")
    st.stop()

day = ui.as_known(view)
st.caption(f"Tình trạng tính đến ngày {vi.day(day)}")
st.table(board.tasks(view), border="horizontal", alt=f"Nhiệm vụ, {vi.quarter(view.quarter)}")
notes = [ui.plain(f"{t.key}: {note}") for t in view.plan.tasks for note in t.assumptions]
if notes:
    st.subheader("Giả định", anchor=False)
    st.markdown("\n".join(f"- {note}" for note in notes))
