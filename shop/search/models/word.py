from django.contrib.postgres.indexes import GinIndex
from django.db import models


class SearchWord(models.Model):
    """A distinct word, without diacritics: what a mistyped one is compared with, and how common it is.

    The numbers are those of the last count; a new listing adds its new words at once.
    """

    word = models.CharField(primary_key=True, max_length=40)
    #: the commonest way to write it
    shown = models.CharField(max_length=40)
    #: listings with the word in their names; in their story
    in_names = models.PositiveIntegerField(default=0)
    in_stories = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            GinIndex(fields=["word"], name="word_trigrams", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["word"], name="word_beginnings", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.shown
