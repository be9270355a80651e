from django.urls import path

from shop.desk import certificates, gate, listing_wizard, listings, lots, orders, photos, storefront, today

app_name = "desk"
ORDER = "don/<str:number>/<int:position>/"

urlpatterns = [
    path("", today.today, name="today"),
    path("chon-ho/", gate.choose, name="choose"),
    path("gian-hang/", storefront.storefront, name="storefront"),
    path("chung-nhan/", certificates.certificates, name="certificates"),
    path("chung-nhan/them/", certificates.add, name="certificate-add"),
    path("dang-ban/", listing_wizard.product, name="wizard-product"),
    path("dang-ban/<int:listing_id>/anh/", listing_wizard.photos, name="wizard-photos"),
    path("dang-ban/<int:listing_id>/gia/", listing_wizard.packs, name="wizard-packs"),
    path("dang-ban/<int:listing_id>/xong/", listing_wizard.done, name="wizard-done"),
    path("tin/", listings.listings, name="listings"),
    path("tin/<int:listing_id>/", listings.listing, name="listing"),
    path("tin/<int:listing_id>/gia/", listings.packs, name="listing-packs"),
    path("tin/<int:listing_id>/loi/", listings.words, name="listing-words"),
    path("tin/<int:listing_id>/anh/", photos.listing_photos, name="listing-photos"),
    path("tin/<int:listing_id>/anh/<int:photo_id>/bo/", photos.drop_photo, name="photo-remove"),
    path("tin/<int:listing_id>/lo-moi/", lots.new_lot, name="lot-new"),
    path("tin/<int:listing_id>/tam-ngung/", listings.pause, name="listing-pause"),
    path("tin/<int:listing_id>/ban-lai/", listings.resume, name="listing-resume"),
    path("tin/<int:listing_id>/gui-duyet/", listings.submit, name="listing-submit"),
    path("tin/<int:listing_id>/cat/", listings.archive, name="listing-archive"),
    path("tin/<int:listing_id>/bo/", listings.discard, name="listing-discard"),
    path("lo/<int:lot_id>/buoc/", lots.step_lot, name="lot-step"),
    path("lo/<int:lot_id>/sua/", lots.correct_lot, name="lot-correct"),
    path("lo/<int:lot_id>/ban/", lots.open_or_close, name="lot-open"),
    path("lo/<int:lot_id>/qr.svg", lots.qr, name="lot-qr"),
    path("don/", orders.orders, name="orders"),
    path("don/nhan-viec/", orders.take, name="orders-take"),
    path(ORDER, orders.order, name="order"),
    path(ORDER + "dong-goi/", orders.packed, name="order-pack"),
    path(ORDER + "khong-giao-duoc/", orders.decline, name="order-decline"),
    path(ORDER + "giao-di/", orders.handed_over, name="order-hand-over"),
    path(ORDER + "da-giao/", orders.delivered, name="order-deliver"),
    path(ORDER + "quay-ve/", orders.came_back, name="order-come-back"),
]
