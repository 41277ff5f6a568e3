import streamlit as st

from kpi import export, ui, vi

ui.require("office")
ui.page_title("Báo cáo")
st.caption("Bảng kết quả gửi Ban Thi đua – Khen thưởng tỉnh: xem trước, kiểm tra phần còn thiếu, rồi tải về.")

view = ui.pick_view()
if ui.empty_store(view):
    st.stop()
silent = ui.unsent(view)
if silent:
    st.warning(
        f"{len(silent)}/{len(view.plan.reporters)} đơn vị chưa gửi số liệu {vi.quarter(view.quarter)}.",
        icon=":material/warning:",
    )
    with st.expander("Các đơn vị chưa gửi"):
        st.markdown("\n".join(f"- {ui.plain(r.name)}" for r in silent))
else:
    st.success(f"Đủ {len(view.plan.reporters)} đơn vị đã gửi số liệu {vi.quarter(view.quarter)}.")

illustrative = ui.store().illustrative(view.plan.code)
province = view.units.province
measured = (province, *view.units.children(province.code))
report = export.report(
    view.plan,
    view.quarter,
    ui.assessments(view),
    uploads=ui.uploads(view.plan),
    standings=ui.standings(view),
    illustrative=illustrative,
)
matrix = export.matrix(view.plan, view.quarter, ui.assessments(view, measured), illustrative=illustrative)
whole, by_unit = st.tabs(["Bảng tổng hợp", "Bảng theo đơn vị"])
for tab, table, wrap, stem in ((whole, report, 34, "bao-cao"), (by_unit, matrix, 90, "theo-don-vi")):
    with tab:
        st.subheader(table.title, anchor=False)
        ui.show_table(table, table.title, wrap=wrap)
        ui.offer_report(view, table, stem)
