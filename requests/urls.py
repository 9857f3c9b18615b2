from django.urls import path

from . import views

app_name = "requests"
urlpatterns = [
    path("", views.index, name="list"),
    path("search/", views.search, name="search"),
    path("queue/", views.queue, name="queue"),
    path("policy/", views.set_policy, name="set_policy"),
    path("left-over/", views.left_over, name="left_over"),
    path("left-over/<int:pk>/withdraw/", views.withdraw_left_over, name="withdraw_left_over"),
    path("take-over/<int:pk>/", views.take_over, name="take_over"),
    path("drafts/", views.drafts, name="drafts"),
    path("drafts/discard/", views.discard_all, name="discard_all"),
    path("new/", views.new, name="new"),
    path("new/<uuid:token>/", views.draft, name="draft"),
    path("new/<uuid:token>/check/", views.check, name="check"),
    path("new/<uuid:token>/discard/", views.discard, name="discard"),
    path("<slug:number>/", views.detail, name="detail"),
    path("<slug:number>/proof/", views.proof, name="proof"),
    path("<slug:number>/complete/", views.complete, name="complete"),
    path("<slug:number>/correct/", views.correct, name="correct"),
    path("<slug:number>/approve/", views.approve, name="approve"),
    path("<slug:number>/decline/", views.decline, name="decline"),
    path("<slug:number>/withdraw/", views.withdraw, name="withdraw"),
    path("<slug:number>/allocate/", views.allocate, name="allocate"),
    path("<slug:number>/release/", views.release, name="release"),
]
