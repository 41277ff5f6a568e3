from kpi import ui

ui.require("admin")
ui.page_title("Sao lưu")
