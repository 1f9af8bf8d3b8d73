from django.urls import path

from forum.articles import converters  # noqa: F401 - registers the converters
from forum.comments import reading, views

urlpatterns = [
    path("", reading.home, name="home"),
    path("<date:day>/<words:slug>/", reading.article, name="article"),
    path("<date:day>/<words:slug>/comment/", views.post, name="comment_post"),
    path("comments/<int:pk>/", reading.permalink, name="comment"),
    path("comments/<int:pk>/reply/", views.reply, name="comment_reply"),
    path("comments/<int:pk>/edit/", views.edit, name="comment_edit"),
    path("comments/<int:pk>/withdraw/", views.withdraw, name="comment_withdraw"),
    path("comments/<int:pk>/history/", views.history, name="comment_history"),
    path("members/<slug:username>/", reading.member, name="member"),
]
