"""Addresses of boards and cards, of the public figures, and of the screen in the hall."""

from django.urls import path

from guiju.oversight import board_views, card_views, lead_views, scores, screen_views

urlpatterns = [
    path("oversight/board/", board_views.board, name="board"),
    path("oversight/board/trend/", board_views.trend_page, name="board-trend"),
    path("oversight/board/cases/", board_views.cases, name="board-cases"),
    path("oversight/board/cases/<str:number>/", board_views.case, name="board-case"),
    path("oversight/cards/", card_views.cards, name="cards"),
    path("oversight/cards/<int:pk>/", card_views.card, name="card"),
    path("oversight/leads/", lead_views.leads, name="leads"),
    path("oversight/leads/<slug:pk>/", lead_views.lead, name="lead"),
    path("figures/", screen_views.figures_page, name="figures"),
    path("oversight/reminders/", card_views.reminders, name="reminders"),
    path("figures/scores/", scores.page, name="scores"),
    path("screen/", screen_views.screen, name="screen"),
]
