"""Where a stream stands only moves forward; on PostgreSQL the log's triggers fire whatever a session sets."""

from alembic import op

revision = "0004"
down_revision = "0003"

_POSTGRES = """
CREATE FUNCTION backhaul_refuse_head_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.stream = OLD.stream AND NEW.sequence > OLD.sequence THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_heads_forward_only BEFORE UPDATE OR DELETE ON audit_heads
FOR EACH ROW EXECUTE FUNCTION backhaul_refuse_head_change();
CREATE TRIGGER audit_heads_no_truncate BEFORE TRUNCATE ON audit_heads
FOR EACH STATEMENT EXECUTE FUNCTION backhaul_refuse_audit_change();
ALTER TABLE audit ENABLE ALWAYS TRIGGER audit_append_only;
ALTER TABLE audit_heads ENABLE ALWAYS TRIGGER audit_heads_forward_only;
ALTER TABLE audit_heads ENABLE ALWAYS TRIGGER audit_heads_no_truncate;
"""
_SQLITE = (
    "CREATE TRIGGER audit_heads_no_replace BEFORE INSERT ON audit_heads"
    " WHEN EXISTS (SELECT 1 FROM audit_heads WHERE stream = NEW.stream)"
    " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    "CREATE TRIGGER audit_heads_forward_only BEFORE UPDATE ON audit_heads"
    " WHEN NEW.stream <> OLD.stream OR NEW.sequence <= OLD.sequence"
    " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    "CREATE TRIGGER audit_heads_no_delete BEFORE DELETE ON audit_heads"
    " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRES)
    else:
        for trigger in _SQLITE:
            op.execute(trigger)
