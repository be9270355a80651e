"""Storefronts by the words of their own name.

A function, because only a function brings its settings along: for half a word PostgreSQL believes in thousands of
hits, and would read the whole table to find none.
"""

from django.db import migrations

UP = """
CREATE INDEX seller_called ON search_searchseller USING gin (strip(ts_filter(names, '{a}'))) WITH (fastupdate = off);
CREATE FUNCTION search_called(wanted tsquery, most integer) RETURNS SETOF public.search_searchseller
LANGUAGE sql STABLE SET enable_seqscan = off SET search_path = public
AS $$ SELECT * FROM public.search_searchseller WHERE strip(ts_filter(names, '{a}')) @@ wanted LIMIT most $$;
"""
DOWN = """
DROP FUNCTION search_called(tsquery, integer);
DROP INDEX seller_called;
"""


class Migration(migrations.Migration):
    dependencies = [("search", "0002_cells_sellers_words")]
    operations = [migrations.RunSQL(UP, DOWN)]
