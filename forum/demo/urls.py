from django.urls import path

from forum.demo import views

urlpatterns = [
    path("mail/", views.mailbox, name="demo_mailbox"),
    path("mail/<slug:key>/", views.mail, name="demo_mail"),
]
