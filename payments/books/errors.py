"""What can go wrong in the books. These are errors of ours: a person never causes one."""


class BooksError(Exception):
    """Base of the room's errors."""


class ActDiffers(BooksError):
    """The act stands in the books already, with other amounts or other accounts."""


class NotBalanced(BooksError):
    """Debits and credits of an entry differ, or it moves nothing."""
