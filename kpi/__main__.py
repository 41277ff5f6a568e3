"""python -m kpi: what the pages can do, for scripts. See kpi.cli."""

from kpi.cli import main

if __name__ == "__main__":
    main(prog_name="python -m kpi")
