from django.db import migrations

NEW, MEMBERS = 0, 1
RULES = [
    {"name": "First comment of a new member", "kind": "first", "number": 1, "up_to_level": NEW},
    {"name": "Several links of a new member", "kind": "links", "number": 1, "up_to_level": NEW},
    {
        "name": "Many comments of a new member",
        "kind": "speed",
        "number": 5,
        "minutes": 10,
        "up_to_level": NEW,
        "action": "refuse",
    },
    {"name": "Sent by a machine", "kind": "form", "number": 3, "up_to_level": NEW},
    {"name": "Learned spam", "kind": "spam", "number": 95, "up_to_level": MEMBERS},
    {"name": "Akismet", "kind": "akismet", "up_to_level": MEMBERS},
]


def add(apps, schema_editor):
    rule = apps.get_model("screening", "Rule")
    rule.objects.bulk_create(rule(**values) for values in RULES)


def remove(apps, schema_editor):
    rule = apps.get_model("screening", "Rule")
    rule.objects.filter(name__in=[values["name"] for values in RULES]).delete()


class Migration(migrations.Migration):
    """What a site begins with: new members are looked at, all others post at once."""

    dependencies = [("screening", "0003_allowances_unlogged")]

    operations = [migrations.RunPython(add, remove)]
