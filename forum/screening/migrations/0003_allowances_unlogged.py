from django.db import migrations


class Migration(migrations.Migration):
    """Allowances are written with every request that writes, and worth nothing after a crash: they
    need not wait for the disk. Half of each page is left free, or each write would touch indexes."""

    dependencies = [("screening", "0002_rules_raise_version")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE screening_allowance SET UNLOGGED;"
            "ALTER TABLE screening_allowance SET (fillfactor = 50);",
            "ALTER TABLE screening_allowance RESET (fillfactor);"
            "ALTER TABLE screening_allowance SET LOGGED;",
        )
    ]
