"""Addresses of the list."""

from django.urls import path

from guiju.powers import views

urlpatterns = [
    path("", views.power_list, name="power-list"),
    path("list.json", views.list_file, name="power-list-file"),
    path("versions/<slug:sha256>.json", views.version_file, name="power-version-file"),
    path("calendar/<int:year>.json", views.calendar_file, name="calendar-file"),
    path("<slug:code>/", views.guide, name="power-guide"),
    path("versions/<slug:sha256>/table.json", views.table_file, name="power-table"),
    path("versions/<slug:sha256>/", views.version, name="power-version"),
    path("versions/<slug:sha256>/<slug:kind>.svg", views.chart, name="power-chart"),
]
