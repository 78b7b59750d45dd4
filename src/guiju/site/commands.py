"""``guiju COMMAND``: ours first, everything else goes to Django.

    guiju up [--port N] [--fast]    migrate, load the sample city, serve
    guiju load PACK                 load a pack's organs and publish its powers
    guiju check PATH… [--json]      prove packs, power files, BPMN models
                  [--svg DIR]       and draw it, the counter-example in red
    guiju step MODEL [--choices …]  walk through a BPMN model step by step
    guiju convert IN OUT            a power's file as a BPMN model, or back
    guiju draw POWER [-o FILE.svg]  flow chart and risk chart of a power file
                  [--paper A4|A5]   as pages for print, -o then names a folder
    guiju diff OLD NEW [--json]     what changes from one version of a power to the next, for whom
    guiju oversee LOG… --charts DIR records of any system held against the charts of a pack
    guiju simulate OUT --pack DIR   a city's year, invented, with misconduct and the truth about it
    guiju score TABLE --formula F   count published scores again, from open data alone
    guiju patrol                    lights, cards and reminders held against the record
    guiju sequence [--forever]      record lapsed terms, publish acts in the log, send messages
    guiju log verify [PLACE …]      verify this installation, a log elsewhere, or receipts
    guiju log adopt|keys|witness    take up a log again, make keys, cosign the logs of others
    guiju backup|restore FILE       database, documents and log in one file
    guiju erase NUMBER …            erase the personal data of a finished case

Exit status: 0 holds, 1 finds, 2 cannot.
"""

import os
import sys

from django.core.management import execute_from_command_line

OURS = {"check": "prove"}  # names that Django's own commands have taken


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guiju.site.settings")
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        sys.exit(0 if arguments else 2)
    execute_from_command_line(["guiju", OURS.get(arguments[0], arguments[0]), *arguments[1:]])
