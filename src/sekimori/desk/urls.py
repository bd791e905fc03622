"""Paths of the desk."""

from django.urls import path
from django.views.generic import RedirectView

from sekimori.desk.views import (
    acts,
    cases,
    ledger,
    messages,
    notice_acts,
    notices,
    queue,
    requests,
    reveal,
    review,
    review_acts,
    signin,
    switches,
)

app_name = "desk"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("signin/", signin.signin, name="signin"),
    path("enter/<slug:value>", signin.enter, name="enter"),
    path("enrol/", signin.enrol, name="enrol"),
    path("signout/", signin.signout, name="signout"),
    path("review/", review.review, name="review"),
    path("review/<int:pk>/", review.item, name="review_item"),
    path("review/<int:pk>/close", review_acts.close_item, name="close_item"),
    path("review/<int:pk>/correct", review_acts.correct_item, name="correct_item"),
    path("review/<int:pk>/look-up", review_acts.look_up, name="look_up"),
    path("entries/<int:pk>/confirm", review_acts.confirm_entry, name="confirm_entry"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<slug:ref>/", cases.case, name="case"),
    path("cases/<slug:ref>/act", acts.act, name="act"),
    path("cases/<slug:ref>/code", notice_acts.code, name="member_code"),
    path("cases/<slug:ref>/holder", reveal.reveal, name="reveal"),
    path("messages/", messages.messages, name="messages"),
    path("messages/<int:pk>/", messages.message, name="message"),
    path("messages/<int:pk>/raw", messages.download, name="download"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<slug:ref>/", notices.notice, name="notice"),
    path("notices/<slug:ref>/record", notice_acts.record, name="notice_record"),
    path("notices/<slug:ref>/letter", notice_acts.letter, name="notice_letter"),
    path("switches/", switches.switches, name="switches"),
    path("switches/halt", switches.halt, name="halt"),
    path("switches/clock", switches.clock, name="clock"),
    path("switches/retry", switches.retry, name="retry"),
    path("requests/", requests.requests, name="requests"),
    path("requests/new", requests.new, name="request_new"),
    path("requests/<slug:ref>/", requests.one, name="request"),
    path("requests/<slug:ref>/act", requests.act, name="request_act"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("signin", RedirectView.as_view(pattern_name="desk:signin")),
]
