"""Addresses for staff."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from guiju.cases import views

urlpatterns = [
    path("", views.inbox_page, name="staff-inbox"),
    path("login/", LoginView.as_view(template_name="cases/login.html"), name="staff-login"),
    path("logout/", LogoutView.as_view(), name="staff-logout"),
    path("open/<slug:code>/", views.open_page, name="staff-open"),
    path("cases/<str:number>/", views.case_page, name="staff-case"),
    path("cases/<str:number>/documents/<int:pk>/", views.document, name="staff-document"),
]
