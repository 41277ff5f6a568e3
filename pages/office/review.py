from kpi import ui

ui.require("office")
ui.page_title("Duyệt và chốt kỳ")
