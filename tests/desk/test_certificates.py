"""The household's papers at its desk: handed in, judged by content, private, and warned of before they end."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from common import dates
from common.photos.models import Photo
from farmers import services
from farmers.errors import TooManyPapers
from farmers.models import Certificate
from tests import cast
from tests.builders.catalogue import an_upload, jpeg
from tests.builders.farmers import a_certificate
from tests.photos.files import heic

pytestmark = pytest.mark.django_db
LIST, ADD = "/ban-hang/chung-nhan/", "/ban-hang/chung-nhan/them/"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def paper(**changes) -> dict:
    facts = {
        "kind": "vietgap",
        "product": "na-dai",
        "number": "VG 12/2026",
        "issued_on": "2026-01-05",
        "valid_to": (dates.today() + timedelta(days=400)).isoformat(),
        "scan": an_upload(PDF, "giay.pdf"),
    }
    return {**facts, **changes}


def text(answer) -> str:
    return answer.content.decode()


def test_a_paper_waits_for_the_province_and_its_scan_is_private(desk, sau, na, settings):
    assert desk.post(ADD, paper())["Location"] == LIST
    made = Certificate.objects.get()
    assert (made.household, made.state, made.product_code) == (sau, "submitted", "na-dai")
    assert made.scan.path.startswith(str(settings.PRIVATE_ROOT)) and "giay" not in made.scan.name
    assert "chờ xem" in text(desk.get(LIST)) and made.scan.name not in text(desk.get(LIST))


def test_a_photo_of_the_paper_is_no_photo_of_the_market(desk, na):
    desk.post(ADD, paper(scan=an_upload()))
    assert Certificate.objects.get().scan.name.endswith(".jpg") and not Photo.objects.exists()


def test_a_paper_photographed_with_an_iphone_is_taken(desk, na):
    desk.post(ADD, paper(scan=an_upload(heic(), "IMG_0001.HEIC")))
    scan = Certificate.objects.get().scan
    assert scan.name.endswith(".jpg") and scan.read(3) == b"\xff\xd8\xff"


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"<html>hi</html>", "giay.pdf", "không phải PDF, JPEG, PNG"),
        (b"RIFF....WEBPVP8 ", "giay.png", "Ảnh này không mở được"),
        (b"\x00\x00\x00\x18ftypheic", "giay.jpg", "Ảnh này không mở được"),
        (PDF[:30], "giay.pdf", "PDF này bị thiếu hoặc hỏng"),
        (jpeg()[:700], "giay.jpg", "Ảnh này không mở được"),
        (b"", "giay.pdf", "Tệp này rỗng"),
    ],
)
def test_a_wrong_file_is_explained_and_nothing_typed_is_lost(desk, na, data, name, words):
    answer = desk.post(ADD, paper(scan=SimpleUploadedFile(name, data, "application/pdf")))
    assert answer.status_code == 422 and words in text(answer) and "VG 12/2026" in text(answer)
    assert not Certificate.objects.exists()


def test_a_file_of_more_than_ten_megabytes_is_refused(desk, na):
    answer = desk.post(ADD, paper(scan=an_upload(b"%PDF-" + b" " * (10 * 1024 * 1024), "giay.pdf")))
    assert answer.status_code == 422 and "nặng quá 10 MB" in text(answer)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": ""}, "Chọn loại giấy"),
        ({"kind": "giay-khen"}, "không có trong danh sách"),
        ({"product": "na-bo"}, "không phải của nhà mình"),
        ({"number": " "}, "Ghi số in trên giấy"),
        ({"number": "9" * 61}, "dài quá 60 chữ"),
        ({"issued_on": "hôm qua"}, "Ngày chưa đúng"),
        ({"issued_on": "2100-01-01", "valid_to": ""}, "Ngày cấp chưa tới"),
        ({"issued_on": "0026-01-05"}, "Ngày cấp xa quá"),
        ({"valid_to": "2026-01-06"}, "đã hết hạn"),
        ({"scan": ""}, "Chụp hoặc chọn tệp"),
    ],
)
def test_what_is_wrong_stands_at_its_field(desk, na, change, words):
    answer = desk.post(ADD, paper(**change))
    assert answer.status_code == 422 and words in text(answer)
    assert not Certificate.objects.exists()


def test_sent_twice_it_is_one_paper(desk, na):
    desk.post(ADD, paper())
    answer = desk.post(ADD, paper())
    assert answer.status_code == 422 and "đã gửi rồi" in text(answer)
    assert Certificate.objects.count() == 1


def test_a_refused_paper_may_be_sent_again(desk, na, django_capture_on_commit_callbacks):
    desk.post(ADD, paper())
    old = Certificate.objects.get()
    services.judge_certificate(old, accepted=False, by=cast.tuan())
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(ADD, paper(scan=an_upload()))
    assert Certificate.objects.get().state == "submitted"
    assert not old.scan.storage.exists(old.scan.name)


def test_papers_that_wait_are_not_piled_up(sau, na):
    for _each in range(services.MOST_WAITING):
        a_certificate(sau, state="submitted")
    facts = {"kind": "vietgap", "number": "1", "product_code": "na-dai", "valid_to": None}
    with pytest.raises(TooManyPapers):
        services.add_certificate(sau, **facts, issued_on=dates.today(), scan=an_upload(PDF), by=cast.ba_sau())


@pytest.mark.parametrize(
    ("days", "words"),
    [(61, "đang có hiệu lực"), (60, "Còn 60 ngày"), (0, "Hôm nay là ngày cuối"), (-1, "đã hết hạn")],
)
def test_a_paper_that_ends_is_warned_of(desk, sau, days, words):
    a_certificate(sau, valid_to=dates.today() + timedelta(days=days))
    page = text(desk.get(LIST))
    assert words in page and ("là hết hạn" in page) == (days == 60)


def test_the_storefront_says_how_many_end_soon(desk, sau, methods):
    a_certificate(sau, valid_to=dates.today() + timedelta(days=9))
    a_certificate(sau, valid_to=dates.today() + timedelta(days=90))
    page = text(desk.get("/ban-hang/gian-hang/"))
    assert "1 giấy sắp hết hạn" in page and f'href="{LIST}"' in page


def test_the_stranger_sees_and_gets_nothing_of_it(desk, stranger, sau, na):
    desk.post(ADD, paper())
    made = Certificate.objects.get()
    assert made.number not in text(stranger.get(LIST))
    assert stranger.get(f"/quan-tri/tep/{made.pk}/").status_code == 302
    assert stranger.get(f"/media/{made.scan.name}").status_code == 404
    assert stranger.post(ADD, paper()).status_code == 422
    assert not Certificate.objects.exclude(household=sau).exists()
