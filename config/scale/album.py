"""A few dozen pictures that all listings share: the province's drawings, their sizes made once."""

from collections.abc import Callable
from random import Random

from django.core.files.base import ContentFile
from wagtail.models import Collection

from common import province
from common.photos import services
from common.photos.models import Photo
from config.province.demo.pictures import TINTS, load_pictures
from config.scale.goods import Wares

#: of a hundred listings so many show a picture; the sizes of the others' are not made, so the drawing stands in
SHOWN = 60


class Album:
    """Photo ids by what they show."""

    def __init__(self, *, sizes: bool, tell: Callable[[str], None]) -> None:
        """Stores what is missing; makes the sizes too if asked, and tells of each picture, since that takes long."""
        drawn = load_pictures()
        waiting = [photo for photo in drawn.values() if photo.waiting] if sizes else []
        for place, photo in enumerate(waiting, start=1):
            services.make(photo)
            tell(f"{place} of {len(waiting)} pictures")
        data = province.read("demo.json")
        scenes = [drawn[name].pk for name in data["scenes"]]
        self.scenes = tuple(scenes)
        self._unmade = _unmade(next(iter(drawn.values()))).pk
        self._firsts: dict[str, tuple[int, ...]] = {}
        for name in {each.removesuffix(TINTS[1]) for each in drawn if each not in data["scenes"]}:
            names = data["photos"].get(name) or [f"{name}{tint}" for tint in TINTS]
            self._firsts[name] = tuple(drawn[each].pk for each in names)

    def draw(self, wares: Wares, rng: Random) -> list[int]:
        """The pictures of a listing, the first on its card: one to three, never one twice."""
        if rng.random() * 100 >= SHOWN:
            return [self._unmade]
        first = rng.choice(self._firsts.get(wares.drawing, self.scenes))
        more = rng.sample(self.scenes, rng.choice((0, 0, 0, 1, 1, 2)))
        return [first, *(each for each in more if each != first)]


def _unmade(like: Photo) -> Photo:
    """One photo without sizes that no job waits for."""
    title = province.read("scale.json")["unmade_photo"]
    photo = Photo.objects.filter(title=title).first()
    if photo is None:
        with like.file.open() as file:
            content = ContentFile(file.read(), name="scale-unmade.webp")
        photo = Photo.objects.create(
            title=title,
            alt=title,
            collection=Collection.get_first_root_node(),
            file=content,
            file_size=content.size,
            waiting=False,
        )
    return photo
