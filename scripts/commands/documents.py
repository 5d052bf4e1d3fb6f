"""The commands for what the bot answers from."""

from scripts.terminal.command import JSON, YES, Command, argument

INGEST = Command(
    "ingest",
    "scripts.documents.command",
    "have an environment answer from your documents",
    "example: ./stackbot ingest prod ~/handbook notion-export.zip",
    (
        argument(
            "targets",
            metavar="ENV PATH",
            nargs="*",
            help="an environment (default: local), and folders, archives (.zip, .tar.gz) or files:"
            " Markdown, text, reStructuredText, HTML, PDF, Word, PowerPoint, Excel, CSV"
            " (default: knowledge/). It answers from these from then on, and from nothing else",
        ),
        YES,
        JSON,
    ),
)

COMMANDS = (INGEST,)
