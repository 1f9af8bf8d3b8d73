from django.urls import path

from forum.articles import converters, views, writing  # noqa: F401 - registers the converters

urlpatterns = [
    path("tags/", views.tags, name="tags"),
    path("tags/<words:slug>/", views.tag, name="tag"),
    path("categories/<words:slug>/", views.category, name="category"),
    path("authors/<slug:username>/", views.author, name="author"),
    path("write/", writing.mine, name="articles_mine"),
    path("write/new/", writing.new, name="article_new"),
    path("write/<int:pk>/", writing.edit, name="article_edit"),
    path("write/<int:pk>/preview/", writing.preview, name="article_preview"),
    path("write/<int:pk>/publish/", writing.publish, name="article_publish"),
    path("write/<int:pk>/unpublish/", writing.unpublish, name="article_unpublish"),
]
