from django.contrib import admin
from django.urls import path

from forum.people import desk, views

urlpatterns = [
    path("accounts/words/", views.own_words, name="own_words"),
    path("accounts/words/<uuid:key>/", views.export, name="export"),
    path("accounts/claims/", views.claims, name="claims"),
    path("accounts/erase/", views.erase, name="account_erase"),
    path("accounts/erased/", views.erased, name="erased"),
    path("privacy/", views.privacy_page, name="privacy"),
    path("admin/members/merge/", admin.site.admin_view(desk.merge), name="members_merge"),
    path("admin/members/merge/<int:pk>/undo/", admin.site.admin_view(desk.undo), name="merge_undo"),
    path(
        "admin/members/<int:pk>/second-factor/",
        admin.site.admin_view(desk.second_factor),
        name="members_second_factor",
    ),
    path(
        "admin/members/<int:pk>/sessions/<int:session>/",
        admin.site.admin_view(desk.end_session),
        name="members_end_session",
    ),
]
