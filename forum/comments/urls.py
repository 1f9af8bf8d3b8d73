from django.urls import path

from forum.articles import converters  # noqa: F401 - registers the converters
from forum.comments import drafts, views

urlpatterns = [
    path("<date:day>/<words:slug>/comment/", views.post, name="comment_post"),
    path("<date:day>/<words:slug>/comment/draft/", drafts.of_thread, name="comment_draft"),
    path("<date:day>/<words:slug>/names/", drafts.names, name="discussion_names"),
    path("standing/", views.standing, name="standing"),
    path("comments/<int:pk>/reply/", views.reply, name="comment_reply"),
    path("comments/<int:pk>/reply/draft/", drafts.of_reply, name="reply_draft"),
    path("comments/<int:pk>/edit/", views.edit, name="comment_edit"),
    path("comments/<int:pk>/edit/draft/", drafts.of_edit, name="edit_draft"),
    path("comments/<int:pk>/withdraw/", views.withdraw, name="comment_withdraw"),
    path("comments/<int:pk>/like/", views.like, name="comment_like"),
    path("comments/<int:pk>/withdraw/undo/", views.undo_withdrawal, name="withdrawal_undo"),
    path("comments/<int:pk>/history/", views.history, name="comment_history"),
]
