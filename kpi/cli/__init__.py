"""What the pages can do, for scripts. 0 done, 1 refused (the reasons on stdout), 2 wrong usage.

A module of commands registers them when it is imported here.
"""

from kpi.cli import awards, exports, figures, keeping, office, people, rereading, tasks, workbooks
from kpi.cli.home import main

__all__ = [
    "awards",
    "exports",
    "figures",
    "keeping",
    "main",
    "office",
    "people",
    "rereading",
    "tasks",
    "workbooks",
]
