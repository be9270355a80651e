"""What a buyer can find. All of it is derived: it can be thrown away and built again at any time."""

from shop.search.models.cell import SearchCell, SearchChange
from shop.search.models.row import SearchRow
from shop.search.models.seller import SearchSeller
from shop.search.models.word import SearchWord

__all__ = ["SearchCell", "SearchChange", "SearchRow", "SearchSeller", "SearchWord"]
