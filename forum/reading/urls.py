from django.urls import path

from forum.articles import converters  # noqa: F401 - registers the converters
from forum.reading import arrivals, members, views

urlpatterns = [
    path("", views.home, name="home"),
    path("<date:day>/<words:slug>/", views.article, name="article"),
    path("<date:day>/<words:slug>/following/", members.article_following, name="article_following"),
    path("comments/<int:pk>/following/", members.branch_following, name="branch_following"),
    path("discussions/", members.discussions, name="discussions"),
    path("comments/<int:pk>/", views.permalink, name="comment"),
    path("comments/<int:pk>/more/", views.comment, name="comment_page"),
    path("articles/<int:pk>/live/", arrivals.live, name="article_live"),
    path("articles/<int:pk>/cards/", arrivals.cards, name="article_cards"),
    path("members/<slug:username>/", views.member, name="member"),
]
