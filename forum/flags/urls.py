from django.urls import path

from forum.flags import views

urlpatterns = [
    path("comments/<int:pk>/flag/", views.flag, name="comment_flag"),
    path("comments/<int:pk>/flag/withdraw/", views.withdraw, name="flag_withdraw"),
]
