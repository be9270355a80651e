"""Every component on one page, for those who build pages: `/demo/kit/`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

DRAWINGS = (
    ("na", "Na Chi Lăng"),
    ("hoi", "Hoa hồi"),
    ("hong-bao-lam", "Hồng Bảo Lâm"),
    ("hong-vanh-khuyen", "Hồng vành khuyên"),
    ("hong-treo-gio", "Hồng treo gió"),
    ("quyt", "Quýt Bắc Sơn"),
    ("buoi", "Bưởi"),
    ("dao", "Đào Mẫu Sơn"),
    ("hat-de", "Hạt dẻ"),
    ("mat-ong", "Mật ong"),
    ("che", "Chè"),
    ("thach-den", "Thạch đen"),
    ("ga-sau-ngon", "Gà sáu ngón"),
    ("vit-quay", "Vịt quay"),
    ("khoai-lang", "Khoai lang"),
    ("tram-den", "Trám đen"),
    ("mac-mat", "Mác mật"),
    ("nam-huong", "Nấm hương"),
    ("gao", "Gạo"),
    ("ot", "Ớt"),
    ("ruou", "Rượu"),
    ("mang-ot", "Măng ớt"),
    ("lac-do", "Lạc đỏ"),
    ("chanh-rung", "Chanh rừng"),
)
SCENES = (
    "valley-day", "valley-eve", "anh-ro-na", "anh-vuon", "anh-thung", "anh-bo-doi", "anh-nhan-hang",
    "anh-dia-ram", "anh-nha-san", "anh-rung-hoi", "gio-trong", "dong-dem", "tren-duong",
)  # fmt: skip
COLOURS = (
    ("leaf", "lá"), ("leaf-deep", "lá đậm"), ("lime", "nõn"), ("anise", "hồi"), ("persimmon", "hồng"),
    ("limestone", "đá vôi"), ("cream", "kem"), ("ink", "mực"), ("ok-bg", "ổn"), ("warn-bg", "lưu ý"),
    ("bad-bg", "lỗi"), ("info-bg", "tin"),
)  # fmt: skip
ICONS = (
    "search", "cart", "user", "users", "home", "store", "leaf", "mountain", "sun", "rain", "box", "basket",
    "truck", "bus", "pin", "calendar", "today", "clock", "tag", "list", "bell", "camera", "image", "pencil",
    "trash", "check", "check-circle", "warn", "info", "question", "x", "plus", "minus", "filter", "sort",
    "chevron-left", "chevron-right", "chevron-up", "chevron-down", "arrow-left", "arrow-right", "qr",
    "wallet", "bank", "card", "cash", "phone-pay", "phone", "chat", "mail", "globe", "seal", "shield", "lock",
    "key", "receipt", "copy", "download", "upload", "link", "external", "refresh", "undo", "eye", "pause",
    "play", "gear", "scale", "star", "sign-out", "menu",
)  # fmt: skip
STEPS = (
    {"mark": "done", "icon": "check", "what": "Đóng thùng xong", "when": "13:20, 15/8"},
    {"mark": "now", "icon": "bus", "what": "Trên xe", "when": "hẹn 5:30, 16/8"},
    {"mark": "todo", "icon": "home", "what": "Bạn nhận hàng", "when": ""},
)


def context() -> dict:
    """What the page shows; figures are examples, nothing is read from the shop."""
    return {
        "schemes": (("light", "sáng"), ("dark", "tối")),
        "colours": COLOURS,
        "drawings": DRAWINGS,
        "scenes": SCENES,
        "icons": ICONS,
        "steps": STEPS,
        "steps_of_checkout": ("Người nhận", "Giao hàng", "Trả tiền"),
        "crumbs": (("Trái cây", "/nhom/trai-cay/"), ("Na Chi Lăng", "")),
        "head": ("Đơn", "Hàng", "Hộ nhận"),
        "na_months": (7, 8, 9, 10),
        "na_peak": (8, 9),
        "quyt_months": (11, 12, 1),
    }


@require_safe
def kit(request: HttpRequest) -> HttpResponse:
    """The page of all components, in both schemes."""
    return render(request, "market/demo/kit.html", context())
