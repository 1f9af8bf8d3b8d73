from allauth.socialaccount import providers
from allauth.socialaccount.providers.oauth2.urls import default_urlpatterns
from django.conf import settings
from django.urls import include, path, re_path

from accounts import views

urlpatterns = [
    path("profile/", views.profile, name="account_profile"),
    path("profile/picture/", views.avatar, name="account_avatar"),
    path("security/", views.security, name="account_security"),
    path("security/second-factor/", views.second_factor, name="account_second_factor"),
    path("signup/login-name/", views.login_name, name="account_login_name"),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$", views.confirm_email, name="account_confirm_email"
    ),
    path("email/", views.EmailAddresses.as_view(), name="account_email"),
    path("", include("allauth.account.urls")),
    path("second-factor/", include("allauth.mfa.urls")),
    path("sessions/<int:pk>/end/", views.end_session, name="account_end_session"),
    path("sessions/", include("allauth.usersessions.urls")),
    path("elsewhere/", include("allauth.socialaccount.urls")),
]
for name in settings.SOCIALACCOUNT_PROVIDERS:
    if name == "openid_connect":
        urlpatterns.append(path("", include("allauth.socialaccount.providers.openid_connect.urls")))
    else:
        # Google's own list has an address more that takes forms from everywhere.
        urlpatterns += default_urlpatterns(providers.registry.get_class(name))
