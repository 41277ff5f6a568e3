"""Backups: the list of them, a new one, one to carry away, and how to put one back."""

from functools import partial

import streamlit as st

from kpi import ui, vi
from kpi.export import Table
from kpi.model import KpiError

here = ui.require("admin")
ui.page_title("Sao lưu")
st.caption(
    "Mỗi bản sao lưu là một tệp .zip gồm toàn bộ số liệu, tài khoản, nhật ký và các tệp gốc ở đúng một thời điểm. "
    "Mọi người vẫn làm việc bình thường trong lúc sao lưu."
)

store = ui.store()
if st.button("Sao lưu ngay", key="back-up", type="primary", icon=":material/backup:"):
    try:
        with st.spinner("Đang sao lưu…"):
            made = store.back_up(here)
        st.success(f"Đã sao lưu: {made.name}.", icon=":material/check_circle:")
        st.session_state["backup"] = made.name
    except KpiError as error:
        ui.show_refusal(error)

backups = store.backups.on_disk(here)
if backups:
    headings = ("Tệp", "Lúc", "Dung lượng", "Mã chốt nhật ký")
    rows = ((b.name, vi.moment(b.made_at), vi.size(b.size), b.head or "Tệp hỏng") for b in backups)
    ui.show_table(Table("", headings, tuple(rows)), "Các bản sao lưu")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Bản sao lưu", [b.name for b in backups], key="backup", width=340)
        st.download_button(
            "Tải về",
            partial(ui.backup, store, here.login, name),
            name,
            "application/zip",
            key="download",
            icon=":material/download:",
            on_click="ignore",
        )
    st.caption(
        "Hãy chép bản sao lưu sang ổ đĩa khác, cất nơi an toàn: tệp chứa mọi số liệu và tài khoản. "
        "Mỗi lần tải về được ghi vào nhật ký. Chương trình không bao giờ xóa bản cũ."
    )
else:
    st.info("Chưa có bản sao lưu nào. Nên sao lưu sau mỗi kỳ chốt và trước mỗi lần nâng cấp chương trình.")

with st.expander("Cách khôi phục", icon=":material/settings_backup_restore:"):
    st.markdown(
        "1. Dừng chương trình trên máy chủ.\n"
        "2. Chạy lệnh dưới đây; bản sao lưu được kiểm tra trọn vẹn trước khi thay kho số liệu.\n"
        "3. Khởi động lại. Tài khoản và mật khẩu trở lại như lúc sao lưu, mọi người đăng nhập lại."
    )
    st.code("python -m kpi restore kpi-….zip", language=None)
    st.caption(
        "Kho cũ không bị xóa: nó được chuyển vào thư mục “replaced-…” ngay bên cạnh. Bản sao lưu không gồm settings.toml."
    )
