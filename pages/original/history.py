import streamlit as st

from kpi import intake, ui, vi
from kpi.access import may
from kpi.model import Right

person = ui.require("original")
ui.page_title("Lịch sử nạp")
st.caption("Mọi lần nạp đều được giữ cùng tệp gốc. Rút một lần nạp thì lần nạp trước đó được tính lại.")

plan = ui.pick_plan()
names = {r.code: r.name for r in ui.reporters(plan, Right.ORIGINAL)}
uploads = [u for u in ui.uploads(plan) if u.reporter in names]
if not uploads:
    st.info("Chưa có lần nạp nào.")
    st.stop()

ui.show_label(plan)
quarters = {str(q): vi.quarter(q) for q in plan.quarters}
with st.container(horizontal=True):
    reporter = st.selectbox(
        "Đơn vị gửi",
        ["", *names],
        format_func=lambda code: names.get(code, "Tất cả đơn vị"),
        key="loc_don_vi",
    )
    quarter = st.selectbox(
        "Quý",
        ["", *quarters],
        format_func=lambda q: quarters.get(q, "Tất cả các quý"),
        key="loc_quy",
    )
shown = [u for u in uploads if reporter in {"", u.reporter} and quarter in {"", str(u.quarter)}]
if not shown:
    st.info("Không có lần nạp nào khớp với bộ lọc.")
    st.stop()
intake.show_uploads(plan, shown)

st.subheader("Chi tiết một lần nạp", anchor=False)
by_id = {u.id: u for u in shown}
chosen = by_id[
    st.selectbox(
        "Lần nạp",
        list(by_id),
        format_func=lambda n: f"Lần {n}: {names[by_id[n].reporter]}, {vi.quarter(by_id[n].quarter)}",
        key="lan_nap",
    )
]
intake.show_upload(plan, chosen)
with st.container(horizontal=True):
    intake.offer_original(chosen)
    if not chosen.withdrawn and may(person, Right.SUBMISSION, chosen.reporter, plan):
        intake.offer_withdrawal(chosen, person)
