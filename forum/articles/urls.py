from django.urls import path

from forum.articles import (
    converters,  # noqa: F401 - registers the converters
    revising,
    views,
    working_copies,
    writing,
)

urlpatterns = [
    path("tags/", views.tags, name="tags"),
    path("tags/<words:slug>/", views.tag, name="tag"),
    path("categories/<words:slug>/", views.category, name="category"),
    path("authors/<slug:username>/", views.author, name="author"),
    path("write/", writing.mine, name="articles_mine"),
    path("write/new/", writing.new, name="article_new"),
    path("write/new/autosave/", working_copies.autosave, name="article_new_autosave"),
    path("write/tags/", writing.tag_suggestions, name="tag_suggestions"),
    path("write/pictures/", writing.upload, name="picture_upload"),
    path("write/unsaved/<int:pk>/discard/", working_copies.discard, name="article_discard"),
    path("write/<int:pk>/autosave/", working_copies.autosave, name="article_autosave"),
    path("write/<int:pk>/", writing.edit, name="article_edit"),
    path("write/<int:pk>/preview/", writing.preview, name="article_preview"),
    path("write/<int:pk>/publish/", writing.publish, name="article_publish"),
    path("write/<int:pk>/submit/", writing.submit, name="article_submit"),
    path("write/<int:pk>/return/", writing.send_back, name="article_return"),
    path("write/<int:pk>/unpublish/", writing.unpublish, name="article_unpublish"),
    path("write/<int:pk>/revisions/", revising.revisions, name="article_revisions"),
    path("write/<int:pk>/revisions/compare/", revising.comparison, name="article_compare"),
    path(
        "write/<int:pk>/revisions/<int:revision>/restore/",
        revising.restore,
        name="article_restore",
    ),
]
