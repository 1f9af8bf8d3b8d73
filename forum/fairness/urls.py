from django.contrib import admin
from django.urls import path

from forum.fairness import desk, views

guarded = admin.site.admin_view

urlpatterns = [
    path("moderation/log/", views.log, name="moderation_log"),
    path("moderation/mine/", views.my_acts, name="my_acts"),
    path("moderation/mine/<int:pk>/", views.my_act, name="my_act"),
    # Before the admin's own, which has the rest below this.
    path("admin/appeals/", guarded(desk.appeals), name="appeals"),
    path("admin/appeals/<int:pk>/", guarded(desk.decide), name="appeal_decide"),
    path("admin/handover/", guarded(desk.handover), name="handover"),
    path("admin/handover/taken-over/", guarded(desk.taken_over), name="taken_over"),
    path("admin/figures/", guarded(desk.figures), name="figures"),
]
