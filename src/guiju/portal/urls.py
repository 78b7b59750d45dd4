"""Public addresses."""

from django.urls import path

from guiju.portal import record_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("apply/<slug:code>/", views.apply, name="apply"),
    path("cases/", views.find_case, name="find-case"),
    path("cases/<str:number>/", views.progress, name="progress"),
    path("cases/<str:number>/applied/", views.applied, name="applied"),
    path("cases/<str:number>/record/", record_views.record, name="record"),
]
