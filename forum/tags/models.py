from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Category(models.Model):
    """One of the small fixed set of headings that the owner keeps."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    slug = models.SlugField(_("address"), max_length=60, unique=True, allow_unicode=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("category", args=[self.slug])


class FormerCategory(models.Model):
    """An address that a category had before; it leads here."""

    category = models.ForeignKey(Category, models.CASCADE, related_name="former")
    slug = models.SlugField(max_length=60, unique=True, allow_unicode=True)

    def __str__(self):
        return self.slug


class Tag(models.Model):
    """A free heading made by authors; one tag for all spellings of which `naming.tag_key` says
    that they are one."""

    name = models.CharField(_("name"), max_length=60)
    name_key = models.CharField(max_length=120, unique=True, editable=False)
    slug = models.SlugField(_("address"), max_length=60, unique=True, allow_unicode=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name_key"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("tag", args=[self.slug])


class FormerTag(models.Model):
    """A name, an address or both that a tag had before it was renamed, or another one until it was
    merged into this; they lead here."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="former")
    name_key = models.CharField(max_length=120, unique=True, null=True)
    slug = models.SlugField(max_length=60, unique=True, allow_unicode=True, null=True)

    def __str__(self):
        return self.slug or self.name_key or ""
