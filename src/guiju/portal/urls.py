"""Public addresses."""

from django.urls import path, re_path

from guiju.portal import log_views, receipt_views, record_views, verify_views, views

LOG_FILE = r"^log/(?P<year>[0-9]{4})/(?P<path>checkpoint|tile/.+)\Z"
urlpatterns = [
    path("", views.home, name="home"),
    path("apply/<slug:code>/", views.apply, name="apply"),
    path("cases/", views.find_case, name="find-case"),
    path("cases/<str:number>/", views.progress, name="progress"),
    path("cases/<str:number>/applied/", views.applied, name="applied"),
    path("cases/<str:number>/record/", record_views.record, name="record"),
    path("cases/<str:number>/receipt/", receipt_views.receipts, name="receipts"),
    path("cases/<str:number>/receipt/<int:seq>/", receipt_views.download, name="receipt"),
    path("cases/<str:number>/receipt/<int:seq>/print/", receipt_views.printed, name="printed"),
    path("log/", log_views.log, name="log"),
    path("log/keys", log_views.keys, name="log-keys"),
    re_path(LOG_FILE, log_views.file, name="log-file"),
    path("verify/", verify_views.verify, name="verify"),
]
