"""A label is never changed: the database itself refuses, whatever code asks."""

from django.db import migrations

SQLITE = """
CREATE TRIGGER labels_are_immutable BEFORE UPDATE ON labelhub_label
BEGIN SELECT RAISE(ABORT, 'a label is immutable: a correction is a new revision'); END
"""
POSTGRESQL = """
CREATE FUNCTION refuse_label_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a label is immutable: a correction is a new revision' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER labels_are_immutable BEFORE UPDATE ON labelhub_label FOR EACH ROW EXECUTE FUNCTION refuse_label_update()
"""
DROP_POSTGRESQL = "DROP TRIGGER labels_are_immutable ON labelhub_label; DROP FUNCTION refuse_label_update()"


def create(apps, schema_editor):
    schema_editor.execute({"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor])


def drop(apps, schema_editor):
    drops = {"sqlite": "DROP TRIGGER labels_are_immutable", "postgresql": DROP_POSTGRESQL}
    schema_editor.execute(drops[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("labelhub", "0001_tables")]
    operations = [migrations.RunPython(create, drop)]
