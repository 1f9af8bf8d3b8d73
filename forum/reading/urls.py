from django.urls import path

from forum.articles import converters  # noqa: F401 - registers the converters
from forum.reading import (
    arrivals,
    folding,
    marking,
    members,
    muted,
    passages,
    preferences,
    views,
)

urlpatterns = [
    path("", views.home, name="home"),
    path("<date:day>/<words:slug>/", views.article, name="article"),
    path(
        "<date:day>/<words:slug>/comment-<int:number>/",
        passages.by_number,
        name="comment_by_number",
    ),
    path("<date:day>/<words:slug>/following/", members.article_following, name="article_following"),
    path("<date:day>/<words:slug>/new/", marking.step, name="new_step"),
    path("<date:day>/<words:slug>/new/seen/", marking.seen, name="new_seen"),
    path("<date:day>/<words:slug>/new/all-read/", marking.all_read, name="new_all_read"),
    path("<date:day>/<words:slug>/new/since/", marking.since, name="new_since"),
    path("<date:day>/<words:slug>/new/undo/", marking.undo, name="new_undo"),
    path("comments/<int:pk>/following/", members.branch_following, name="branch_following"),
    path("discussions/", members.discussions, name="discussions"),
    path("discussions/people/", members.people, name="followed_people"),
    path("discussions/muted/", muted.places, name="muted"),
    path("discussions/muted/<int:pk>/unmute/", muted.unmute_place, name="unmute_place"),
    path("discussions/muted/people/", muted.people, name="muted_people"),
    path(
        "discussions/muted/people/<slug:username>/unmute/",
        muted.unmute_person,
        name="unmute_person",
    ),
    path("preferences/", preferences.preferences, name="preferences"),
    path("folded.css", folding.folded_style, name="folded_style"),
    path("comments/<int:pk>/", views.permalink, name="comment"),
    path("comments/<int:pk>/more/", views.comment, name="comment_page"),
    path("comments/<int:pk>/card/", passages.card, name="comment_card"),
    path("comments/<int:pk>/exchange/", passages.exchange, name="comment_exchange"),
    path("comments/<int:pk>/likes/", passages.likes, name="comment_likes"),
    path("articles/<int:pk>/live/", arrivals.live, name="article_live"),
    path("articles/<int:pk>/cards/", arrivals.cards, name="article_cards"),
    path("members/<slug:username>/", views.member, name="member"),
    path("members/<slug:username>/liked/", views.member_liked, name="member_liked"),
    path("members/<slug:username>/following/", members.member_following, name="member_following"),
]
