from django.urls import path

from . import views

app_name = "shipping"
urlpatterns = [
    path("rounds/", views.index, name="list"),
    path("rounds/pack/", views.pack_all, name="pack_all"),
    path("rounds/hand-over/", views.hand_over_all, name="hand_over_all"),
    path("rounds/station/", views.station, name="station"),
    path("requests/<slug:number>/pack/", views.pack, name="pack"),
    path("shipments/by-label/<str:code>/", views.by_label, name="by_label"),
    path("shipments/<int:pk>/", views.detail, name="detail"),
    path("shipments/<int:pk>/label/", views.label, name="label"),
    path("shipments/<int:pk>/order-label/", views.order_label, name="order_label"),
    path("shipments/<int:pk>/hand-over/", views.hand_over, name="hand_over"),
    path("shipments/<int:pk>/take-out/", views.take_out, name="take_out"),
    path("shipments/<int:pk>/void-labels/", views.void_labels, name="void_labels"),
]
