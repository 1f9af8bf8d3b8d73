"""Lists of articles: by tag, by category, by author. The article's own page is in
`forum.reading`, because it ends in the discussion."""

from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.models import User
from forum import pagination
from forum.articles.models import Article
from forum.tags.models import Category, FormerCategory, FormerTag, Tag


def tags(request):
    """Every tag that is on a published article, with the number of them."""
    out = Count("articles", filter=Q(articles__published_at__lte=timezone.now()))
    listed = Tag.objects.annotate(pieces=out).filter(pieces__gt=0)
    return render(request, "tags/tags.html", {"tags": listed})


def tag(request, slug):
    heading = Tag.objects.filter(slug=slug).first()
    if heading is None:
        former = get_object_or_404(FormerTag.objects.select_related("tag"), slug=slug)
        return redirect(former.tag, permanent=True)
    page = page_of(request, Article.objects.filter(tags=heading))
    return render(request, "tags/tag.html", {"tag": heading, "page": page})


def category(request, slug):
    heading = Category.objects.filter(slug=slug).first()
    if heading is None:
        former = get_object_or_404(FormerCategory.objects.select_related("category"), slug=slug)
        return redirect(former.category, permanent=True)
    page = page_of(request, Article.objects.filter(categories=heading))
    return render(request, "tags/category.html", {"category": heading, "page": page})


def author(request, username):
    """An author's box and pieces; 404 for members who neither write nor have written."""
    person = get_object_or_404(User, username=username)
    pieces = Article.objects.by(person)
    page = page_of(request, pieces)
    if not person.may_write and page.is_first and not page.rows:
        raise Http404
    context = {"author": person, "pieces": pieces.published().count(), "page": page}
    return render(request, "articles/author.html", context)


def page_of(request, articles):
    """The page of published articles that the address asks for; raises Http404 for a bad key."""
    return pagination.page_or_404(
        articles.published().for_listing(),
        moment="published_at",
        before=request.GET.get("before"),
        size=settings.ARTICLES_PER_PAGE,
    )
