from django.urls import path

from . import views

app_name = "billing"
urlpatterns = [
    path("invoices/", views.index, name="list"),
    path("invoices/month-end/", views.month_end, name="month_end"),
    path("invoices/month-end/<int:pk>/", views.due, name="due"),
    path("invoices/month-end/close/", views.close_month, name="close_month"),
    path("invoices/month-end/issue/", views.issue_all, name="issue_all"),
    path("invoices/<slug:slug>/", views.detail, name="detail"),
    path("invoices/<slug:slug>/pdf/", views.download, name="download"),
    path("invoices/<slug:slug>/issue/", views.issue, name="issue"),
    path("invoices/<slug:slug>/discard/", views.discard, name="discard"),
    path("settings/accounts/", views.accounts, name="accounts"),
    path("settings/accounts/propose/", views.propose, {"kind": "account"}, name="propose_account"),
    path("settings/accounts/<int:pk>/confirm/", views.confirm, {"kind": "account"}, name="confirm_account"),
    path("settings/accounts/<int:pk>/turn-down/", views.turn_down, {"kind": "account"}, name="turn_down_account"),
    path("settings/vat/propose/", views.propose, {"kind": "vat"}, name="propose_vat"),
    path("settings/vat/<int:pk>/confirm/", views.confirm, {"kind": "vat"}, name="confirm_vat"),
    path("settings/vat/<int:pk>/turn-down/", views.turn_down, {"kind": "vat"}, name="turn_down_vat"),
    path("payments/", views.bank_files, name="bank_files"),
    path("payments/files/<int:pk>/", views.bank_file, name="bank_file"),
]
