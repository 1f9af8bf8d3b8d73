from django.urls import include, path

from accounts import views

urlpatterns = [
    path("profile/", views.profile, name="account_profile"),
    path("profile/picture/", views.avatar, name="account_avatar"),
    path("", include("allauth.account.urls")),
]
