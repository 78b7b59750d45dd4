"""The database refuses to change or delete acts, whoever asks, on SQLite and on PostgreSQL.

It allows two changes. The sequencer's: an index that was empty is filled, once. And erasure: the
private part is emptied, never replaced; what the log holds of the act stays as it was.
"""

from typing import Any

SQLITE = (
    """CREATE TRIGGER act_no_delete BEFORE DELETE ON record_act
       BEGIN SELECT RAISE(ABORT, 'acts are append-only'); END""",
    """CREATE TRIGGER act_no_update BEFORE UPDATE OF
         id, shard, "held_until", subject, seq, kind, power, version, step, outcome, organ, post,
         person, at, entry, people, "key" ON record_act
       BEGIN SELECT RAISE(ABORT, 'acts are append-only'); END""",
    """CREATE TRIGGER act_no_new_index BEFORE UPDATE OF idx ON record_act
       WHEN OLD.idx IS NOT NULL OR NEW.idx IS NULL
       BEGIN SELECT RAISE(ABORT, 'acts are append-only'); END""",
    """CREATE TRIGGER act_no_new_private BEFORE UPDATE OF private ON record_act
       WHEN NEW.private <> ''
       BEGIN SELECT RAISE(ABORT, 'acts are append-only'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION record_act_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'UPDATE' THEN
           IF OLD.idx IS NULL AND NEW.idx IS NOT NULL
              AND to_jsonb(NEW) - 'idx' = to_jsonb(OLD) - 'idx' THEN RETURN NEW; END IF;
           IF NEW.private = ''
              AND to_jsonb(NEW) - 'private' = to_jsonb(OLD) - 'private' THEN RETURN NEW; END IF;
         END IF;
         RAISE EXCEPTION 'acts are append-only' USING ERRCODE = 'integrity_constraint_violation';
       END $$""",
    """CREATE TRIGGER act_no_change BEFORE UPDATE OR DELETE ON record_act
       FOR EACH ROW EXECUTE FUNCTION record_act_refuse()""",
    """CREATE TRIGGER act_no_truncate BEFORE TRUNCATE ON record_act
       FOR EACH STATEMENT EXECUTE FUNCTION record_act_refuse()""",
)
REMOVE_SQLITE = tuple(
    f"DROP TRIGGER IF EXISTS {name}"
    for name in ("act_no_delete", "act_no_update", "act_no_new_index", "act_no_new_private")
)
REMOVE_POSTGRESQL = (
    "DROP TRIGGER IF EXISTS act_no_change ON record_act",
    "DROP TRIGGER IF EXISTS act_no_truncate ON record_act",
    "DROP FUNCTION IF EXISTS record_act_refuse()",
)


def install(apps: Any, schema_editor: Any) -> None:
    """Put the triggers up; called by the migration."""
    for statement in POSTGRESQL if _is_postgresql(schema_editor) else SQLITE:
        schema_editor.execute(statement, params=None)


def remove(apps: Any, schema_editor: Any) -> None:
    """Take the triggers down: to migrate back, and to empty a test database."""
    for statement in REMOVE_POSTGRESQL if _is_postgresql(schema_editor) else REMOVE_SQLITE:
        schema_editor.execute(statement, params=None)


def _is_postgresql(schema_editor: Any) -> bool:
    return bool(schema_editor.connection.vendor == "postgresql")
