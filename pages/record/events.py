from kpi import ui

ui.require("record")
ui.page_title("Nhật ký")
