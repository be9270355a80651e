"""Subset Be Vietnam Pro to what Vietnamese and Latin pages use; needs the developer's packages."""

import copy
import importlib
import importlib.util
import io
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

PACKAGE = "fontpkg_be_vietnam_pro"
CUTS = {400: "BeVietnamPro-Regular.ttf", 600: "BeVietnamPro-SemiBold.ttf"}
#: folder, flavor, ending: browsers take packed fonts, the typesetter only plain ones
KINDS = (("static/fonts", "woff2", "woff2"), ("templates/papers/fonts", None, "ttf"))
RANGES = (
    (0x20, 0x7E), (0xA0, 0xFF), (0x102, 0x103), (0x110, 0x111), (0x128, 0x129), (0x168, 0x169),
    (0x1A0, 0x1A1), (0x1AF, 0x1B0), (0x300, 0x301), (0x303, 0x303), (0x309, 0x309), (0x323, 0x323),
    (0x1EA0, 0x1EF9), (0x2010, 0x2015), (0x2018, 0x201E), (0x2022, 0x2022), (0x2026, 0x2026),
    (0x2039, 0x203A), (0x20AB, 0x20AB), (0x2190, 0x2193), (0x2212, 0x2212), (0x2264, 0x2265),
)  # fmt: skip
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga", "tnum"]
SAMPLE = "thung na chi lang hai sang nay o vuon cua ho trong na dong mo cach cho ba muoi cay so giao tan nha"
#: advance widths of Arial, per thousand, for the letters of the sample
ARIAL = {
    **dict.fromkeys("abdeghnopqu", 556), **dict.fromkeys("cksvxyz", 500), **dict.fromkeys("ijl", 222),
    **dict.fromkeys("ft ", 278), "r": 333, "m": 833, "w": 722,
}  # fmt: skip


class Command(BaseCommand):
    help = "Make the fonts of pages and papers again and print the metrics of the fallback for static/css/reset.css."

    def handle(self, *args, **options) -> None:
        """Writes a woff2 for pages and a ttf for papers a weight; prints sizes and the overrides that fit the fallback."""
        found = importlib.util.find_spec(PACKAGE)
        if found is None or found.origin is None:
            raise CommandError(f"{PACKAGE} is not installed: `make lint` brings the developer's packages.")
        source = Path(found.origin).parent / "files"
        for folder, flavor, ending in KINDS:
            target = settings.BASE_DIR / folder
            target.mkdir(parents=True, exist_ok=True)
            for weight, name in CUTS.items():
                made = target / f"be-vietnam-pro-{weight}.{ending}"
                metrics = _subset(source / name, made, flavor)
                self.stdout.write(f"{made.name}: {made.stat().st_size} bytes; {metrics}")


def _subset(source: Path, target: Path, flavor: str | None) -> str:
    subset, ttlib = importlib.import_module("fontTools.subset"), importlib.import_module("fontTools.ttLib")
    options = subset.Options(flavor=flavor, layout_features=FEATURES, hinting=False, desubroutinize=True)
    font = ttlib.TTFont(source)
    metrics = _fallback_metrics(font)
    _add_tabular_figures(font)
    font = _as_written(font)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    subset.save_font(font, str(target), options)
    return metrics


def _as_written(font):
    """The font as a reader would find it: every table decided, nothing half-changed."""
    whole = io.BytesIO()
    font.save(whole)
    whole.seek(0)
    return type(font)(whole)


def _add_tabular_figures(font) -> None:
    """The family has no figures of equal width, but prices stand in columns: centre each in one cell."""
    glyphs, widths = font["glyf"], font["hmtx"]
    names = [font.getBestCmap()[ord(figure)] for figure in "0123456789"]
    cell = sorted(widths[name][0] for name in names)[5]
    for name in names:
        made, (width, bearing) = copy.deepcopy(glyphs[name]), widths[name]
        shift = (cell - width) // 2
        made.coordinates.translate((shift, 0))
        made.recalcBounds(glyphs)
        glyphs[f"{name}.tnum"] = made
        widths[f"{name}.tnum"] = (cell, bearing + shift)
    font["maxp"].numGlyphs = len(font.getGlyphOrder())
    _add_feature(font, "tnum", {name: f"{name}.tnum" for name in names})


def _add_feature(font, tag: str, mapping: dict[str, str]) -> None:
    """One more single substitution at the end of GSUB, for every script and language the font knows."""
    tables, table = importlib.import_module("fontTools.ttLib.tables.otTables"), font["GSUB"].table
    substitution = tables.SingleSubst()
    substitution.mapping = mapping
    lookup = tables.Lookup()
    lookup.LookupType, lookup.LookupFlag, lookup.SubTable = 1, 0, [substitution]
    table.LookupList.Lookup.append(lookup)
    record = tables.FeatureRecord()
    record.FeatureTag, record.Feature = tag, tables.Feature()
    record.Feature.FeatureParams = None
    record.Feature.LookupListIndex = [len(table.LookupList.Lookup) - 1]
    table.FeatureList.FeatureRecord.append(record)
    for script in table.ScriptList.ScriptRecord:
        languages = [entry.LangSys for entry in script.Script.LangSysRecord]
        for language in [script.Script.DefaultLangSys, *languages]:
            language.FeatureIndex.append(len(table.FeatureList.FeatureRecord) - 1)


def _fallback_metrics(font) -> str:
    """The overrides that give Arial this font's average width and line."""
    per_em, names, widths = font["head"].unitsPerEm, font.getBestCmap(), font["hmtx"]
    own = sum(widths[names[ord(letter)]][0] for letter in SAMPLE) * 1000 // per_em
    size = own / sum(ARIAL[letter] for letter in SAMPLE)
    line = font["hhea"]
    parts = {"ascent": line.ascent, "descent": -line.descent, "line-gap": line.lineGap}
    overrides = "; ".join(f"{name}-override: {value / per_em / size:.1%}" for name, value in parts.items())
    return f"size-adjust: {size:.1%}; {overrides}"
