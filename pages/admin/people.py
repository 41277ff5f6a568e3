import streamlit as st

from kpi import accounts, ui

here = ui.require("admin")
ui.page_title("Tài khoản")
st.caption(
    "Mỗi người một tài khoản. Quản trị không đặt và không biết mật khẩu của ai: "
    "người được mời tự đặt bằng liên kết dùng một lần."
)
accounts.show_everybody()
left, right = st.columns(2, gap="medium")
with left:
    accounts.offer_invitation(here)
with right:
    accounts.offer_changes(here)
accounts.show_link()
