"""What is said when a command is not typed as it is to be: click's own sentences in Vietnamese."""

from __future__ import annotations

import re

USAGE = "Cách dùng: "
HELP = "Xem hướng dẫn này."
HEADINGS = {"Options": "Tùy chọn", "Commands": "Lệnh", "Positional arguments": "Tham số"}
_SAID = tuple(
    (re.compile(said), ours)
    for said, ours in (
        (r"Missing command\.", "Thiếu tên lệnh."),
        (r"Missing option '(.+?)'\.", r"Thiếu tùy chọn \1."),
        (r"Missing (?:argument|parameter) '(.+?)'\.", r"Thiếu \1."),
        (r"Choose from:\s*", "Một trong: "),
        (r"No such option:? '?([^\s']+?)'?(?:\.|(?= )|$)", r"Không có tùy chọn \1."),
        (r"No such command '(.*?)'\.", r"Không có lệnh “\1”."),
        (r"\(Did you mean one of: (.+)\?\)|Did you mean (.+)\?", r"Có phải: \1\2?"),
        (r"\(Possible options: (.+)\)", r"Có phải: \1?"),
        (r"Got unexpected extra arguments? \((.*)\)", r"Thừa: \1."),
        (r"Option '(.+?)' requires an argument\.", r"Tùy chọn \1 cần một giá trị."),
        (r"Option '(.+?)' requires (\d+) arguments\.", r"Tùy chọn \1 cần \2 giá trị."),
        (r"Option '(.+?)' does not take a value\.", r"Tùy chọn \1 không kèm giá trị."),
        (r"^Invalid value for '?(.+?)'?: ", r"\1: "),
        (r"^Invalid value: ", ""),
        (r"(?:File|Path) '(.+)' does not exist\.", r"không có tệp “\1”."),
        (r"Directory '(.+)' does not exist\.", r"không có thư mục “\1”."),
        (r"(?:File|Path) '(.+)' is a directory\.", r"“\1” là một thư mục, không phải tệp."),
        (r"(?:Directory|Path) '(.+)' is a file\.", r"“\1” là một tệp, không phải thư mục."),
        (r"(?:File|Directory|Path) '(.+)' is not readable\.", r"không đọc được “\1”."),
        (r"(?:File|Directory|Path) '(.+)' is not writable\.", r"không ghi được “\1”."),
        (r"'(.*)' is not a valid integer\.", r"“\1” không phải số nguyên."),
        (r"'(.*)' is not one of (.+)\.", r"“\1” không phải một trong: \2."),
    )
)


def way(usage: str, command: str) -> str:
    """How to type it."""
    return f"{usage}\nGõ “{command} --help” để xem hướng dẫn.\n"


def mistake(said: str) -> str:
    """The same in Vietnamese; what is said in other words, or by this program, stays."""
    for found, ours in _SAID:
        said = found.sub(ours, said)
    return f"Lỗi: {said}"
