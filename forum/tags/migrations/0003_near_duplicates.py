from django.db import migrations
from django.db.models import Count

from forum.tags.naming import tag_key


def merge(apps, schema_editor):
    """Tags that are one by today's rule become one: that with the most articles."""
    tag_model, former = apps.get_model("tags", "Tag"), apps.get_model("tags", "FormerTag")
    filed = apps.get_model("articles", "Article").tags.through
    first = {}
    for tag in tag_model.objects.annotate(pieces=Count("articles")).order_by("-pieces", "pk"):
        into = first.setdefault(tag_key(tag.name), tag)
        if into is tag:
            continue
        here = filed.objects.filter(tag_id=into.pk).values("article_id")
        filed.objects.filter(tag_id=tag.pk).exclude(article_id__in=here).update(tag_id=into.pk)
        filed.objects.filter(tag_id=tag.pk).delete()
        former.objects.create(tag=into, name_key=tag.name_key, slug=tag.slug)
        tag.delete()
    for key, tag in first.items():
        tag_model.objects.filter(pk=tag.pk).update(name_key=key)


def by_case_alone(apps, schema_editor):
    """The keys as they were; what was merged stays merged."""
    for tag in apps.get_model("tags", "Tag").objects.all():
        tag.name_key = tag.name.casefold()
        tag.save(update_fields=["name_key"])


class Migration(migrations.Migration):
    dependencies = [("tags", "0002_former_tags"), ("articles", "0001_first")]

    operations = [migrations.RunPython(merge, by_case_alone)]
