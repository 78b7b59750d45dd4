"""Addresses of the list."""

from django.urls import path

from guiju.powers import views

urlpatterns = [
    path("", views.power_list, name="power-list"),
    path("<slug:code>/", views.guide, name="power-guide"),
    path("versions/<slug:sha256>/", views.version, name="power-version"),
    path("versions/<slug:sha256>/<slug:kind>.svg", views.chart, name="power-chart"),
]
