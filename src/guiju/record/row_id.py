"""The primary key of tables whose rows are never deleted."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigAutoField


class RowId(BigAutoField):  # type: ignore[type-arg]  # not generic when it runs
    """A number that counts up.

    SQLite's AUTOINCREMENT, which writes one page more for each row, only keeps numbers of
    deleted rows from being given again; here no row is deleted.
    """

    def db_type_suffix(self, connection: BaseDatabaseWrapper) -> str | None:
        """What follows the column's type when the table is made."""
        return None if connection.vendor == "sqlite" else super().db_type_suffix(connection)
