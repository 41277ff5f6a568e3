/* Runs before Streamlit in every page of the dashboard: speaks Vietnamese, and notices when the session has gone. */
(() => {
  "use strict";

  const SIGN_IN = "/dang-nhap";
  const OWN_PAGES = new Set([SIGN_IN, "/dang-xuat", "/doi-mat-khau"]);
  const SESSION_GONE = 4401;
  // The policy forbids it; the one library that tries (long.js, for protobuf) counts without it as well.
  delete window.WebAssembly;

  // What Streamlit 1.67, React Aria and Plotly say by themselves, in the order in which a page shows it.
  const WORDS = {
    // the frame
    "Streamlit": "Theo dõi thi đua", "Skip to main content": "Đến nội dung chính", "Sidebar": "Thanh bên",
    "Sidebar Logo": "Biểu trưng", "Header Logo": "Biểu trưng", "App Logo": "Biểu trưng", "Logo": "Biểu trưng",
    "Navigate to home page": "Về trang đầu", "Collapse sidebar": "Thu gọn thanh bên",
    "Expand sidebar": "Mở thanh bên", "App pages": "Các trang", "View less": "Thu gọn",
    // The only links that leave Streamlit are our own pages, and those stay in the tab.
    "(opens in new tab)": "", "Main": "Nội dung", "Notifications": "Thông báo",
    "Link to heading": "Liên kết đến mục này",
    // the main menu
    "Main menu": "Trình đơn chính", "Rerun": "Tải lại số liệu", "Print": "In trang",
    "Record screen": "Quay màn hình", "Stop recording": "Dừng quay", "Cancel recording": "Hủy quay",
    "About": "Giới thiệu", "Theme": "Giao diện", "System": "Theo\u00a0máy", "Use system setting": "Theo\u00a0máy",
    "Light": "Sáng", "Dark": "Tối", "Custom Theme Auto": "Theo\u00a0máy", "Custom Theme Light": "Sáng",
    "Custom Theme Dark": "Tối", "Made with Streamlit v": "Chạy trên Streamlit ",
    "Copy version to clipboard": "Chép số phiên bản",
    // the state of the connection and of the script
    "Please wait...": "Xin chờ…", "Connecting": "Đang kết nối",
    "Connecting to Streamlit server": "Đang kết nối với máy chủ",
    "Unable to connect to Streamlit server": "Không kết nối được với máy chủ", "Running...": "Đang xử lý…",
    "Stopping...": "Đang dừng…", "Stop": "Dừng", "Connection error": "Mất kết nối",
    "Streamlit server is not responding. Are you connected to the internet?":
      "Máy chủ không trả lời. Hãy kiểm tra kết nối mạng; trang sẽ tự nối lại.",
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:":
      "Máy chủ không trả lời. Trang sẽ tự nối lại khi máy chủ chạy lại.",
    "Connection timed out.": "Máy chủ không trả lời kịp.",
    "Connection lost. Please wait for the app to reconnect, then try again.":
      "Mất kết nối. Hãy chờ trang nối lại rồi thử lại.",
    "Connection closed": "Kết nối đã đóng", "Request timed out": "Máy chủ không trả lời kịp",
    "Network error": "Lỗi mạng", "Page not found": "Không tìm thấy trang",
    "The page that you have requested does not seem to exist. Running the app's main page.":
      "Trang bạn mở không có. Đang mở trang đầu.",
    "Error": "Lỗi", "Error:": "Lỗi:", "Close": "Đóng", "Cancel": "Hủy", "Dismiss": "Đóng", "Try again": "Thử lại",
    "Scroll tabs left": "Cuộn thẻ sang trái", "Scroll tabs right": "Cuộn thẻ sang phải",
    "Copy to clipboard": "Chép", "Copied": "Đã chép",
    // the uploader and downloads
    "Upload": "Chọn tệp", "Drag and drop a file here": "Kéo và thả tệp vào đây",
    "Drag and drop files here": "Kéo và thả các tệp vào đây", "Add files": "Thêm tệp", "add icon": "",
    "file upload": "chọn tệp để tải lên", "Only one file is allowed.": "Chỉ nhận một tệp.",
    "Unexpected error. Please try again.": "Có lỗi ngoài dự kiến. Hãy thử lại.",
    "Upload failed": "Không tải lên được", "Click to retry upload": "Bấm để tải lên lại",
    "Download failed": "Không tải xuống được", "Pagination": "Chuyển trang", "Previous page": "Trang trước",
    "Next page": "Trang sau",
    // fields
    "Choose an option": "Chọn một mục", "Choose options": "Chọn các mục",
    "No options to select": "Không có mục nào để chọn", "No results": "Không tìm thấy", "Select...": "Chọn…",
    "Select all": "Chọn tất cả", "Selected values": "Các mục đã chọn", "Selectbox options": "Các mục",
    "Multiselect options": "Các mục", "Show suggestions": "Hiện các mục", "Suggestions": "Các mục", "Open": "Mở",
    "Clear all": "Bỏ chọn tất cả", "Clear value": "Bỏ chọn", "Clear entry": "Xóa chữ đã nhập",
    "Show password": "Hiện mật khẩu", "Hide password": "Ẩn mật khẩu",
    "Press Enter to apply": "Nhấn Enter để áp dụng", "Press Enter to submit form": "Nhấn Enter để gửi",
    "Press Ctrl+Enter to apply": "Nhấn Ctrl+Enter để áp dụng",
    "Press Ctrl+Enter to submit form": "Nhấn Ctrl+Enter để gửi",
    "(required)": "", "This field is required.": "Không được để trống ô này.", "Invalid input.": "Nội dung không hợp lệ.",
    "Invalid value.": "Giá trị không hợp lệ.", "Decrement": "Giảm", "Increment": "Tăng",
    // dates and times
    "Choose date": "Chọn ngày", "Choose date range": "Chọn khoảng ngày", "Clear date": "Xóa ngày",
    "Clear dates": "Xóa các ngày", "Date range": "Khoảng ngày",
    "Quick select a date range": "Chọn nhanh khoảng ngày", "Past Week": "Tuần qua", "Past Month": "Tháng qua",
    "Past 3 Months": "3 tháng qua", "Past 6 Months": "6 tháng qua", "Past Year": "Năm qua",
    "Past 2 Years": "2 năm qua", "Previous month": "Tháng trước", "Next month": "Tháng sau", "Previous": "Trước",
    "Next": "Sau", "Calendar": "Lịch", "Empty": "Trống",
    "Click to start selecting date range": "Bấm để chọn ngày đầu",
    "Click to finish selecting date range": "Bấm để chọn ngày cuối",
    "First available date": "Ngày đầu tiên chọn được", "Last available date": "Ngày cuối cùng chọn được",
    "Start date must be before end date.": "Ngày đầu phải trước ngày cuối.",
    "Selected date unavailable.": "Không chọn được ngày này.",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.":
      "Dùng phím mũi tên để đổi ngày, Enter để chọn, Esc để đóng.",
    // tables
    "Search": "Tìm", "Fullscreen": "Toàn màn hình", "Close fullscreen": "Thoát toàn màn hình",
    "Download as CSV": "Tải CSV", "Show/hide columns": "Ẩn, hiện cột", "Clear selection": "Bỏ chọn",
    "Type to search": "Nhập chữ cần tìm", "Previous Result": "Kết quả trước", "Next Result": "Kết quả sau",
    "Close Search": "Đóng ô tìm", "Dataframe column menu": "Trình đơn của cột", "Copy column name": "Chép tên cột",
    "Sort ascending": "Xếp tăng dần", "Sort descending": "Xếp giảm dần", "Statistics": "Thống kê",
    "Format": "Định dạng", "Autosize": "Vừa với nội dung", "Pin column": "Ghim cột", "Unpin column": "Bỏ ghim cột",
    "Hide column": "Ẩn cột", "Scrollable table": "Bảng cuộn được", "Failed to generate file for download": "Không tạo được tệp để tải xuống",
    "Failed to load data": "Không tải được số liệu",
    "Automatic": "Tự động", "Localized": "Theo vùng", "Plain": "Số trơn", "Compact": "Rút gọn",
    "Percent": "Phần trăm", "Dollar": "Đô la", "Yen": "Yên", "Scientific": "Khoa học", "Accounting": "Kế toán",
    "Duration": "Khoảng thời gian", "Distance": "So với nay",
    "Range": "Khoảng", "Count": "Số lượng", "Values": "Số giá trị", "Distinct": "Số giá trị khác nhau",
    "Average": "Trung bình", "Standard deviation": "Độ lệch chuẩn", "Minimum": "Nhỏ nhất", "Median": "Trung vị",
    "Maximum": "Lớn nhất", "Sum": "Tổng", "Minimum length": "Ngắn nhất", "Maximum length": "Dài nhất",
    "Average length": "Dài trung bình", "No data": "Không có số liệu", "Based on sample": "Tính trên mẫu",
    // charts
    "Double-click to zoom back out": "Bấm đúp để trở lại",
  };
  const SPOKEN = new Map(Object.entries(WORDS));

  const bytes = (size) => size.replace(/(?:\.0)?([A-Z]+)$/, " $1").replace(".", ",");
  const PATTERNS = [
    [/^View (\d+) more$/, "Xem thêm $1 trang"],
    [/^Help for (.+)$/, "Giải thích: $1"],
    [/^(Search|Fullscreen|Close fullscreen|Show\/hide columns|Download as CSV|Error): (.+)$/,
      (_, what, of) => `${WORDS[what]}: ${translate(of)}`],
    [/^You have requested page (\/.*), but no corresponding file .*$/, "Không có trang $1. Đang mở trang đầu."],
    [/^(?:Connection|Request) failed with status (\d+).*$/, "Máy chủ trả lời lỗi $1."],
    [/^Cannot connect to Streamlit \(HTTP status: 403\)\.[^]*$/, "Máy chủ không nhận kết nối từ địa chỉ này."],
    [/^(\S+) per file\b/, (_, size) => `Mỗi tệp không quá ${bytes(size)}`],
    [/^File must be (\S+) or smaller\.$/, (_, size) => `Tệp không được quá ${bytes(size)}.`],
    [/^(?:.* )?files are not allowed\.$/, "Không nhận loại tệp này."],
    [/^\d+\.\d(?:B|KB|MB|GB)$/, (size) => bytes(size)],
    [/^Remove (.+)$/, "Bỏ $1"],
    [/^Cancel upload of (.+)$/, "Hủy tải lên $1"],
    [/^Page (\d+)$/, "Trang $1"],
    [/^Add: (.+)$/, "Thêm: $1"],
    [/^Select (\d+) matches$/, "Chọn $1 mục tìm thấy"],
    [/^You can only select up to (\d+) options?\. .*$/, "Chỉ chọn được $1 mục. Hãy bỏ bớt một mục."],
    [/^(\d+) options? available\.$/, "Có $1 mục."],
    [/^(\d+) results?$/, "$1 kết quả"],
    [/^(\d+) of (\d+)$/, "$1/$2"],
    [/^\((\d+)\.(\d) seconds\)$/, "($1,$2 giây)"],
    [/^Number is (?:outside|below|above) the allowed range\..*$/, "Số nằm ngoài khoảng cho phép."],
    [/^(: )?Date set outside allowed range\..*$/, "$1Ngày nằm ngoài khoảng cho phép."],
    [/^Selected Range: (.+) to (.+)$/, (_, from, to) => `Đã chọn từ ${from} đến ${translate(to)}`],
    [/^Selected (?:Date|Range): (.+)$/, "Đã chọn: $1"],
    [/^Today, (.+)$/, (_, day) => `Hôm nay, ${translate(day)}`],
    [/^(.+), (First|Last) available date$/, (_, day, end) => `${translate(day)}, ${WORDS[`${end} available date`]}`],
    [/^(.+?),? selected$/, "$1, đã chọn"],
  ];
  // One look spares most texts the list.
  const ANY_PATTERN = new RegExp(PATTERNS.map(([form]) => form.source).join("|"));

  // What people wrote, or a program for them, stays as it is, were it "Stop"; but for these parts of Streamlit's own.
  const WRITTEN = [
    "canvas", "svg *", "[role=option]", "[data-testid=stMarkdownContainer]", "[data-testid=stCaptionContainer]",
    "[data-testid=stTable]", "[data-testid=stText]", "[data-testid=stCode] code", "[data-testid=stJson]",
    "[data-testid=stFileChipName]",
  ].join();
  const CHROME = [
    "[data-testid=stFileUploaderDropzone]", "[data-testid=stStatusWidget]", "[data-testid=stTooltipContent]",
    "[data-testid=stMainMenuPopover]", "[data-testid=stHeaderActionElements]", "[data-empty] > [role=option]",
  ].join();
  const SILENT = new Set(["canvas", "script", "style", "noscript"]);
  const ATTRIBUTES = ["title", "aria-label", "placeholder", "alt", "aria-valuetext", "target"];

  function translate(words, element) {
    const said = words.trim();
    if (!said) return words;
    let now = SPOKEN.get(said);
    if (now === undefined && ANY_PATTERN.test(said)) {
      now = said.replace(...PATTERNS.find(([form]) => form.test(said)));
    }
    if (now === undefined || (element?.closest(WRITTEN) && !element.closest(CHROME))) return words;
    return words.replace(said, () => now);
  }

  function text(node) {
    const now = translate(node.data, node.parentElement);
    if (now !== node.data) node.data = now;
  }

  function attribute(element, name) {
    const words = element.getAttribute(name);
    if (!words) return;
    if (name === "target") return stay(element);
    const now = translate(words, element);
    if (now !== words) element.setAttribute(name, now);
  }

  // Streamlit opens every link that is not one of its pages in a new tab.
  function stay(link) {
    if (link.origin === location.origin && OWN_PAGES.has(link.pathname)) link.removeAttribute("target");
  }

  function tree(node) {
    if (node.nodeType === Node.TEXT_NODE) return text(node);
    if (node.nodeType !== Node.ELEMENT_NODE || SILENT.has(node.localName)) return;
    for (const name of ATTRIBUTES) attribute(node, name);
    if (node.localName === "svg") return;
    for (let child = node.firstChild; child; child = child.nextSibling) tree(child);
  }

  function changed(records) {
    for (const record of records) {
      if (record.target instanceof SVGElement) continue;
      if (record.type === "childList") record.addedNodes.forEach(tree);
      else if (record.type === "characterData") text(record.target);
      else attribute(record.target, record.attributeName);
    }
  }

  document.documentElement.lang = "vi";
  // Streamlit writes numbers, months and weekdays in the browser's language.
  Object.defineProperty(navigator, "language", { get: () => "vi-VN" });
  Object.defineProperty(navigator, "languages", { get: () => ["vi-VN", "vi"] });
  new MutationObserver(changed).observe(document, {
    childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });

  let leaving = false;

  function leave() {
    if (leaving || location.pathname.startsWith(SIGN_IN)) return;
    leaving = true;
    // Not assign: "back" from the sign-in page would lead to the dead page, and from there to sign-in again.
    location.replace(`${SIGN_IN}?xong=het-phien&tiep=${encodeURIComponent(location.pathname + location.search)}`);
  }

  const isOurs = (address) => new URL(address, location.href).origin === location.origin;

  const plainFetch = window.fetch.bind(window);
  window.fetch = async (...request) => {
    const answer = await plainFetch(...request);
    if (answer.status === 401 && isOurs(answer.url)) leave();
    return answer;
  };

  /** Resolves to whether the session lives; a server that is down is Streamlit's to report. */
  const ask = () => fetch("/_stcore/health", { cache: "no-store" }).then((answer) => answer.status !== 401, () => true);

  const send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (...body) {
    this.addEventListener("load", () => {
      if (this.status === 401 && isOurs(this.responseURL)) leave();
    });
    return send.apply(this, body);
  };

  window.WebSocket = class extends WebSocket {
    constructor(...address) {
      super(...address);
      this.addEventListener("close", ({ code, wasClean }) => {
        if (code === SESSION_GONE) leave();
        else if (!wasClean) ask();
      });
    }
  };

  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    leaving = false;
    ask();
  });

  // A download is a click on a link outside the document: without a session it would save the answer as the file.
  HTMLAnchorElement.prototype.click = function () {
    const click = () => HTMLElement.prototype.click.call(this);
    if (this.hasAttribute("download") && isOurs(this.href) && this.pathname.startsWith("/media/")) {
      ask().then((lives) => lives && click());
    } else click();
  };
})();
