"""What two officers do at the finance desk, the process they work with killed on the way."""

from collections.abc import Callable
from urllib.parse import urlencode

from benchmarks.drill.browser import TOKEN, Browser, Page, until_answered
from benchmarks.drill.ground import OFFICERS, session_of
from benchmarks.drill.inside import fall
from benchmarks.drill.plan import PLACES, WEB, WORKER
from benchmarks.drill.world import World, wait_until

PATIENCE_S = 150


class ByHand:
    """Two officers, how many processes were killed under their hands, and the points that nothing passed."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tuan, self.mai = (Browser(world.web.port, session_of(email)) for email in OFFICERS)
        self.killed = 0
        self.missed: list[str] = []
        self.ran = False

    def act(self, step: str, points: list[str], do: Callable[[], Page | None], *, process: str = WEB) -> None:
        """Do it with a trap at each point of the step, each time until it is answered; and once if it has none."""
        mine = [each for each in points if PLACES[each][1] == step]
        graves = [fall.lay(self.world.folder, process, point) for point in mine]
        until_answered(do)
        if process == WORKER:
            wait_until(lambda: all(grave.exists() for grave in graves), seconds=PATIENCE_S)
        self.killed += sum(grave.exists() for grave in graves)
        self.missed += [point for point, grave in zip(mine, graves, strict=True) if not grave.exists()]

    def post(self, who: Browser, path: str, form: dict[str, str], *, seen: str) -> Page:
        """Send the form that stands on the page `seen`."""
        page = until_answered(lambda: who.get(seen))
        return self.send(who, path, urlencode(form), page)

    def upload(self, who: Browser, path: str, form: dict[str, str], body: str) -> str:
        """Upload a table on the page that shows its form; the page that shows what it says comes back."""
        page = until_answered(lambda: who.get(path))
        form = {"csrfmiddlewaretoken": page.find(TOKEN), **form}
        return until_answered(lambda: who.upload(path, form, "tep.csv", body.encode())).leads_to

    def send(self, who: Browser, path: str, form: str, page: Page) -> Page:
        """Send an urlencoded form with the token of the page it stands on."""
        return who.post(path, f"csrfmiddlewaretoken={page.find(TOKEN)}&{form}")
