from django.urls import path

from forum.moderation import member_views

urlpatterns = [
    path("messages/<int:pk>/", member_views.message, name="moderators_message"),
]
