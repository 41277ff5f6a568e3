from functools import partial

import streamlit as st

from kpi import intake, ui, vi

person = ui.require("submission")
ui.page_title("Nạp số liệu")
intake.show_kept(person)

with st.container(border=True):
    st.subheader("Bước 1. Tải biểu mẫu của đơn vị", anchor=False)
    plan, reporter, quarter = intake.pick_form()
    ui.show_label(plan)
    st.download_button(
        f"Tải biểu mẫu {vi.quarter(quarter)}",
        partial(intake.blank_form, plan, reporter, quarter),
        f"{reporter.code}-{quarter}.xlsx",
        key="blank",
        icon=":material/download:",
        on_click="ignore",
    )
    st.caption(
        f"Hạn gửi: ngày {vi.day(plan.due(quarter))}. Số liệu tính đến ngày {vi.day(plan.as_of(quarter))}. "
        "Biểu mẫu đã ghi sẵn tên các đơn vị và số liệu kỳ trước để đối chiếu."
    )

with st.container(border=True):
    st.subheader("Bước 2. Điền bằng Excel rồi lưu lại", anchor=False)
    st.markdown(
        "Chỉ điền các ô tô màu, không sửa tiêu đề và tên đơn vị. Để trống nghĩa là **chưa có số liệu**; "
        "bằng không thì ghi **0**. Lưu tệp dạng **.xlsx**."
    )

with st.container(border=True):
    st.subheader("Bước 3. Nạp tệp đã điền", anchor=False)
    files = st.file_uploader(
        "Chọn một hoặc nhiều tệp Excel (.xlsx, .xls). Chưa có gì được lưu khi bạn chưa bấm nút.",
        accept_multiple_files=True,
        max_upload_size=5,
        key=intake.uploader_key(),
    )
    drafts = intake.read_files(files, reporter, quarter)
    ready = [draft for draft in drafts if intake.show_draft(draft, drafts)]
    if drafts:
        if len(ready) < len(drafts):
            st.caption(f"{len(ready)}/{len(drafts)} tệp sẵn sàng; tệp chưa sẵn sàng sẽ không được lưu.")
        st.button(
            "Lưu số liệu",
            type="primary",
            key="keep",
            disabled=not ready,
            icon=":material/save:",
            on_click=intake.keep,
            args=(ready,),
        )
