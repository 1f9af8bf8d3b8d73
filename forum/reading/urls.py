from django.urls import path

from forum.articles import converters  # noqa: F401 - registers the converters
from forum.reading import arrivals, views

urlpatterns = [
    path("", views.home, name="home"),
    path("<date:day>/<words:slug>/", views.article, name="article"),
    path("comments/<int:pk>/", views.permalink, name="comment"),
    path("comments/<int:pk>/more/", views.comment, name="comment_page"),
    path("articles/<int:pk>/live/", arrivals.live, name="article_live"),
    path("articles/<int:pk>/cards/", arrivals.cards, name="article_cards"),
    path("members/<slug:username>/", views.member, name="member"),
]
