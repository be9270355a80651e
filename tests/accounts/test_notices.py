"""The outbox: a letter is sent once per channel, and never to the people of the demo."""

import pytest
from django.core import mail
from django.db import transaction

from accounts.notices import post, services
from accounts.notices.channels.contract import Message, NotSent
from accounts.notices.channels.demo import DemoChannel
from accounts.notices.channels.email import EmailChannel
from accounts.notices.models import Notice, Sending
from common import plugins
from tests.builders.accounts import a_user
from tests.jobs import run_due, waiting

pytestmark = pytest.mark.django_db
WORDS = {
    "language": "vi",
    "subject": "Đã nhận đơn",
    "text": "Chào bạn",
    "html": "<p>Chào bạn</p>",
    "kind": "test",
}
NOBODY = ["lan@example.invalid", "LAN@Example.Invalid", "lan@mail.example.invalid", "lan@example.invalid."]


def test_a_letter_goes_out_by_each_channel_that_reaches_its_person():
    notice = post.send(email="lan@thu.vn", **WORDS)
    run_due()
    notice.refresh_from_db()
    assert notice.sent_at and {row.channel for row in notice.sendings.all()} == {"demo", "email"}
    letter = mail.outbox[0]
    assert (letter.to, letter.subject, letter.alternatives[0][0]) == (
        ["lan@thu.vn"],
        "Đã nhận đơn",
        WORDS["html"],
    )


def test_the_job_that_runs_twice_sends_once():
    notice = post.send(email="lan@thu.vn", **WORDS)
    post.deliver(notice.pk)
    post.deliver(notice.pk)
    assert len(mail.outbox) == 1 and Sending.objects.count() == 2


def test_a_letter_is_written_exactly_if_the_act_happens():
    with pytest.raises(RuntimeError), transaction.atomic():
        post.send(email="lan@thu.vn", **WORDS)
        raise RuntimeError
    assert not Notice.objects.exists() and waiting("notices.deliver") == 0


@pytest.mark.parametrize("email", NOBODY)
def test_nothing_leaves_the_machine_for_a_demo_email(email):
    post.send(email=email, **WORDS)
    run_due()
    EmailChannel().send(Message(phone="", email=email, **WORDS))
    assert mail.outbox == []


def test_nothing_leaves_the_machine_for_a_demo_phone():
    post.send(phone="+84900000101", email="lan@thu.vn", **WORDS)
    run_due()
    assert mail.outbox == []


def test_every_channel_but_the_demos_refuses_the_demos_people():
    for name, channel in plugins.load("channels").items():
        reached = [channel().reaches(email=email) for email in NOBODY] + [
            channel().reaches(phone="+84900000001")
        ]
        assert name == "demo" or not any(reached)


def test_the_demo_channel_is_nothing_outside_the_demo(settings, caplog):
    settings.DEMO = False
    DemoChannel().send(Message(phone="+84900000101", email="", **WORDS))
    assert not DemoChannel().reaches(phone="+84900000101") and caplog.text == ""


def test_a_channel_that_fails_is_tried_again_and_the_other_is_not(monkeypatch):
    notice = post.send(email="lan@thu.vn", **WORDS)
    broken = pytest.MonkeyPatch.context()
    with broken as patch, pytest.raises(NotSent):
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", _away)
        post.deliver(notice.pk)
    notice.refresh_from_db()
    assert notice.sent_at is None and notice.failed == "email: TimeoutError"
    post.deliver(notice.pk)
    assert len(mail.outbox) == 1 and Sending.objects.filter(sent_at=None).count() == 0


def _away(self, *args, **kwargs):
    raise TimeoutError


def test_a_key_writes_one_letter():
    letters = [post.send(email="lan@thu.vn", key="order:1", **WORDS) for _ in range(2)]
    assert letters[0] and letters[1] is None and Notice.objects.count() == 1


def test_only_proved_contacts_of_a_person_are_written_to():
    person = a_user(phone="+84912345678", email="lan@thu.vn", verified=False)
    assert post.send(to_user=person, **WORDS) is None


def test_a_subject_is_one_line():
    notice = post.send(email="lan@thu.vn", **{**WORDS, "subject": "Đơn\r\nBcc: a@b.vn"})
    run_due()
    assert notice.subject == "Đơn Bcc: a@b.vn" and mail.outbox[0].bcc == []


def test_old_codes_leave_the_outbox():
    notice = post.send(phone="+84912345678", **{**WORDS, "kind": "code", "subject": "123456 là mã"})
    Notice.objects.update(created_at="2020-01-01T00:00Z")
    assert services.forget_codes() == 1
    notice.refresh_from_db()
    assert "123456" not in notice.subject and notice.text == ""


def test_the_post_box_shows_the_code(client):
    client.post("/dang-nhap/", {"contact": "0900000101"})
    code = Notice.objects.get().subject[:6]
    assert code in client.get("/demo/hop-thu/").content.decode()
    assert code not in client.get("/demo/hop-thu/?toi=0900000102").content.decode()


def test_a_letter_is_shown_without_any_script(client):
    notice = post.send(email="lan@thu.vn", **{**WORDS, "html": "<script>alert(1)</script><p>Chào</p>"})
    answer = client.get(f"/demo/hop-thu/{notice.pk}/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "script-src 'none'" in policy
