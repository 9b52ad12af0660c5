"""Run the command line as ``python -m liverplan``."""

from liverplan.cli import main

if __name__ == "__main__":
    main()
