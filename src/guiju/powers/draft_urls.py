"""Addresses of list editors."""

from django.urls import path

from guiju.powers import draft_views

urlpatterns = [
    path("", draft_views.draft_list, name="draft-list"),
    path("<int:pk>/", draft_views.draft_page, name="draft"),
    path("<int:pk>/preview/", draft_views.draft_preview, name="draft-preview"),
    path("<int:pk>/chart.svg", draft_views.draft_chart, name="draft-chart"),
    path("<int:pk>/discard/", draft_views.draft_discard, name="draft-discard"),
]
