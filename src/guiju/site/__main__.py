"""``python -m guiju.site COMMAND``: the same as ``guiju COMMAND``."""

from guiju.site.commands import main

main()
