"""What a household sees of its photo: a tile at once, the photo a moment later, or why there is none."""

import pytest
from PIL import Image, ImageFile

from common.photos import tiles
from common.photos.models import Photo
from shop.catalogue import services
from shop.catalogue.errors import NotReady
from shop.catalogue.models import Listing
from tests import cast, jobs
from tests.builders.catalogue import a_listing, an_upload
from tests.photos.files import encoded, heic, spoilt

pytestmark = pytest.mark.django_db
SPOILT = spoilt(encoded(Image.effect_noise((400, 300), 90), "PNG"))
PICKER = {"X-Photo-Picker": "1"}


@pytest.fixture
def draft() -> Listing:
    return a_listing(state="draft", storefront=cast.her_household().storefront, with_photo=False)


@pytest.fixture
def desk(client):
    client.force_login(cast.ba_sau())
    return client


@pytest.fixture(params=["/ban-hang/dang-ban/{}/anh/", "/ban-hang/tin/{}/anh/"], ids=["wizard", "listing"])
def path(request, draft) -> str:
    return request.param.format(draft.pk)


def test_an_iphones_photo_is_kept_and_shown_once_it_is_opened(desk, draft, path):
    answer = desk.post(path, {"anh": an_upload(heic(), "IMG_0001.HEIC")}, headers=PICKER)
    assert answer.status_code == 200 and "data-waits" in answer.content.decode()
    jobs.run_due()
    again = desk.get(path, headers=PICKER).content.decode()
    assert "<html" not in again and "data-waits" not in again and ".s480.jpg" in again


def test_a_photo_that_cannot_be_opened_says_so_and_does_not_count(desk, draft, path):
    desk.post(path, {"anh": an_upload(SPOILT, "na.png")})
    jobs.run_due()
    page = desk.get(path).content.decode()
    assert "Ảnh 1: Ảnh này không mở được" in page and "Bỏ ảnh 1" in page
    with pytest.raises(NotReady, match="ảnh"):
        services.submit(draft, by=cast.ba_sau())


def test_nothing_is_opened_while_the_desk_answers(desk, draft, path, monkeypatch):
    def never(*_args, **_more):
        raise AssertionError("opened in a request")

    load = ImageFile.ImageFile.load

    def only_our_tile(image):
        return load(image) if image.size == tiles.SIZE else never()

    monkeypatch.setattr("common.photos.darkroom.develop", never)
    monkeypatch.setattr(ImageFile.ImageFile, "load", only_our_tile)
    assert desk.post(path, {"anh": an_upload(heic(), "IMG_0001.HEIC")}).status_code == 302
    assert Photo.objects.get().waiting and desk.get(path).status_code == 200
