from django.urls import path

from . import views

app_name = "requests"
urlpatterns = [
    path("", views.index, name="list"),
    path("search/", views.search, name="search"),
    path("queue/", views.queue, name="queue"),
    path("round/", views.next_round, name="round"),
    path("calendar/", views.calendar, name="calendar"),
    path("policy/", views.set_policy, name="set_policy"),
    path("left-over/", views.left_over, name="left_over"),
    path("left-over/<int:pk>/withdraw/", views.withdraw_left_over, name="withdraw_left_over"),
    path("take-over/<int:pk>/", views.take_over, name="take_over"),
    path("drafts/", views.drafts, name="drafts"),
    path("new/", views.new, name="new"),
    path("new/<uuid:token>/", views.draft, name="draft"),
    path("new/<uuid:token>/check/", views.check, name="check"),
    path("new/<uuid:token>/discard/", views.discard, name="discard"),
    path("<slug:number>/", views.detail, name="detail"),
    path("<slug:number>/proof/", views.proof, name="proof"),
    path("<slug:number>/complete/", views.complete, name="complete"),
    path("<slug:number>/approve/", views.approve, name="approve"),
    path("<slug:number>/decline/", views.decline, name="decline"),
    path("<slug:number>/send-back/", views.send_back, name="send_back"),
    path("<slug:number>/reject/", views.reject, name="reject"),
    path("<slug:number>/requeue/", views.requeue, name="requeue"),
    path("<slug:number>/give-up/", views.give_up, name="give_up"),
    path("<slug:number>/tracking/", views.tracking, name="tracking"),
    path("<slug:number>/tracking-slip.pdf", views.tracking_slip, name="tracking_slip"),
    path("<slug:number>/open-tracking-link/", views.open_tracking_link, name="open_tracking_link"),
    path("<slug:number>/replace-tracking-link/", views.replace_tracking_link, name="replace_tracking_link"),
    path("<slug:number>/close-tracking-link/", views.close_tracking_link, name="close_tracking_link"),
    path("<slug:number>/withdraw/", views.withdraw, name="withdraw"),
    path("<slug:number>/laptops/", views.choose, name="choose"),
    path("<slug:number>/allocate/", views.allocate, name="allocate"),
    path("<slug:number>/release/", views.release, name="release"),
]
