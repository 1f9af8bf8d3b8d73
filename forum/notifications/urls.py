from django.urls import path

from forum.notifications import views

urlpatterns = [
    path("", views.notifications, name="notifications"),
    path("all-read/", views.all_read, name="notifications_all_read"),
    path("<int:pk>/", views.notification, name="notification"),
]
