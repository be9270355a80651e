"""What people see of a pretended gateway: plain Vietnamese, no script, nothing from elsewhere."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template

HTML = "text/html; charset=utf-8"
HERE = Path(__file__).parent
STYLE = (HERE / "style.css").read_bytes()
FRAME = Template((HERE / "page.html").read_text())
#: a moment to read what was done, before the browser goes back by itself
LEADS_ON_AFTER_S = 1
#: the press after which the market hears something it must be ready for, and what it is called
TRICKS = {
    "late": ("Trả, nhận tiền chậm 30 giây", "Tới lúc đó cổng còn nói là đang xử lý."),
    "never": ("Trả, không báo cho chợ", "Tin báo bị mất: chợ phải tự hỏi."),
    "twice": ("Trả, báo hai lần", "Chợ chỉ được ghi một lần."),
    "wrong_sum": ("Trả một nửa số tiền", "Tin báo ký đúng, số tiền khác."),
    "forged": ("Giả tin báo là đã trả", "Không trả đồng nào; chữ ký sai."),
}
SAID = {
    "": "Chưa trả",
    "paid": "Đã trả %(sum)s",
    "refused": "Đã chọn không trả",
    "late": "Đã bấm trả; cổng nhận tiền sau ít giây",
}
Answer = tuple[int, bytes, str]


def dong(amount_vnd: int) -> str:
    """`185.000 ₫`, never broken into two lines."""
    return f"{amount_vnd:,}\u00a0₫".replace(",", ".")


def said(order: dict) -> str:
    """How an order stands, as a sentence."""
    return SAID[order.get("pressed", "")] % {"sum": dong(order["amount_vnd"])}


def asked_vnd(order: dict) -> int:
    """What the market asked for; a trick pays another sum."""
    return order.get("asked_vnd", order["amount_vnd"])


def payment(
    gateway: str, ref: str, order: dict, back: str, *, given_back_vnd: int = 0, leads_on: bool = False
) -> Answer:
    """What is paid, the buttons while it is open, and what the market said once it was told.

    `back` is the market's return address; `leads_on`: the browser goes there by itself.
    """
    pressed = "pressed" in order
    state = order.get("pressed", "")
    facts = [("Nội dung", escape(order["words"])), ("Tình trạng", said(order))]
    if given_back_vnd:
        facts.append(("Đã hoàn lại", dong(given_back_vnd)))
    rows = "".join(f"<div><dt>{what}</dt><dd>{words}</dd></div>" for what, words in facts)
    parts = [
        f'<header><p class="over">Trang trả tiền giả của</p><h1>{escape(gateway)}</h1></header>',
        f'<div class="panel"><dl><div><dt>Số tiền</dt><dd class="sum">{dong(asked_vnd(order))}</dd></div>{rows}</dl></div>',
    ]
    if order.get("told"):
        parts.append(_told(order["told"]))
    if pressed:
        parts.append(f'<a class="button main" href="{escape(back)}">Quay lại chợ</a>')
    if not state:
        parts.append(_buttons(ref, main=not pressed))
    onward = (
        f'<meta http-equiv="refresh" content="{LEADS_ON_AFTER_S};url={escape(back)}">' if leads_on else ""
    )
    return _page(gateway, "\n".join(parts), onward=onward, footer=_footer(gateway))


def _told(answers: Iterable[list]) -> str:
    rows = "".join(
        f"<div><dt>{escape(what)}</dt><dd><code>{escape(_answer(status, text))}</code></dd></div>"
        for what, status, text in answers
    )
    return f'<div class="panel"><h2>Tin báo đã gửi và câu chợ đáp</h2><dl>{rows}</dl></div>'


def _answer(status: int, text: str) -> str:
    return f"HTTP {status} {text}".strip() if status else "Chợ không đáp."


def _buttons(ref: str, *, main: bool) -> str:
    tricks = "\n".join(
        f'<button name="trick" value="{code}">{escape(name)}<small>{escape(hint)}</small></button>'
        for code, (name, hint) in TRICKS.items()
    )
    hidden = f'<input type="hidden" name="ref" value="{escape(ref)}">'
    return (
        f'<form method="post" action="pay">{hidden}<button{" class=main" if main else ""} name="act" value="pay">Trả</button>'
        '<button name="act" value="cancel">Không trả</button></form>'
        "<details><summary>Thử chuyện trục trặc</summary>"
        '<p class="over">Mỗi nút gây một chuyện. Chợ xử lý ra sao thì xem ở trang đơn và ở Bàn tài chính.</p>'
        f'<form class="tricks" method="post" action="pay">{hidden}{tricks}</form></details>'
    )


def sorry(gateway: str, sentence: str, status: int) -> Answer:
    """A page that says why there is nothing to pay."""
    main = f'<h1>{escape(gateway)}</h1><div class="panel"><p>{escape(sentence)}</p></div>'
    return _page(gateway, main, status=status, footer=_footer(gateway))


def index(rows: Iterable[tuple[str, str, dict]]) -> Answer:
    """The payments of all gateways, newest first: (gateway, address of its page or nothing, order)."""
    items = "".join(_row(*row) for row in rows)
    empty = "<p>Chưa ai tới trả tiền. Hãy đặt một đơn ở chợ rồi chọn VNPay, Ví MoMo, ZaloPay hoặc thẻ.</p>"
    main = f'<h1>Các cổng thử</h1><div class="panel">{f"<ul>{items}</ul>" if items else empty}</div>'
    return _page(
        "Các cổng thử",
        main,
        footer="Giả VNPay, MoMo, ZaloPay và Stripe, chạy trên máy này cùng bản thử của chợ.",
    )


def _row(gateway: str, address: str, order: dict) -> str:
    name = f"{escape(gateway)} · {dong(asked_vnd(order))}"
    linked = f'<a href="{escape(address)}">{name}</a>' if address else f"<span>{name}</span>"
    return f'<li>{linked}<span class="over">{escape(order["words"])} · {said(order)}</span></li>'


def _page(title: str, main: str, *, onward: str = "", footer: str, status: int = 200) -> Answer:
    text = FRAME.substitute(title=escape(title), main=main, onward=onward, footer=footer)
    return status, text.encode(), HTML


def _footer(gateway: str) -> str:
    return f"Bản thử của chợ dựng trang này trên máy này; {escape(gateway)} không biết gì về nó."
