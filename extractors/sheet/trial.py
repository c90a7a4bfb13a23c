"""Opens a workbook of the old kind apart and with little memory: damage makes the library take all.

Run as a program with the file's name; it ends with 0 where every sheet could be opened.
"""

import resource
import sys

_MOST_BYTES = 1_500_000_000


def main() -> None:
    """Never returns more than an exit code; the library's own words go nowhere."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineWorkbook, PasswordError

    with open(sys.argv[1], "rb") as file:  # noqa: PTH123 - this process should load nothing it can do without
        try:
            book = CalamineWorkbook.from_filelike(file)
        except PasswordError:
            return
        for number in range(len(book.sheet_names)):
            book.get_sheet_by_index(number)


if __name__ == "__main__":
    main()
