from django.urls import include, path

from accounts import views

urlpatterns = [
    path("profile/", views.profile, name="account_profile"),
    path("", include("allauth.account.urls")),
]
