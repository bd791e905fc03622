"""Paths of My page, below `/my/`."""

from django.urls import path

from sekimori.mypage.views import acts, bounce, heard, home, mailbox, mailbox_signin, retest, signin

app_name = "mypage"
urlpatterns = [
    path("", home.home, name="home"),
    path("signin/", signin.number, name="signin"),
    path("signin/code/", signin.code, name="code"),
    path("signout/", signin.leave, name="signout"),
    path("mailbox/", mailbox.home, name="mailbox"),
    path("mailbox/signin/", mailbox_signin.login, name="mailbox_signin"),
    path("mailbox/signin/code/", mailbox_signin.code, name="mailbox_code"),
    path("mailbox/handoff/", mailbox_signin.handoff, name="mailbox_handoff"),
    path("mailbox/<str:ref>/", mailbox.mails, name="mailbox_mails"),
    path("notices/", home.notices, name="notices"),
    path("notices/<str:ref>/", home.notice, name="notice"),
    path("notices/<str:ref>/clear/", acts.understood, name="understood"),
    path("notices/<str:ref>/heard/", heard.answer, name="heard"),
    path("cases/<str:ref>/", acts.measures, name="measures"),
    path("cases/<str:ref>/unlock/", acts.unlock, name="unlock"),
    path("cases/<str:ref>/retest/", retest.retest, name="retest"),
    path("statement/", acts.statement, name="statement"),
    path("appeal/", acts.appeal, name="appeal"),
    path("bounce/", bounce.explain, name="bounce"),
    path("records/", home.records, name="records"),
]
