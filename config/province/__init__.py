"""Loads what makes the site this province's: places, goods, delivery, roles and pages.

Rows that exist are left as officers have edited them unless `update` is asked for.
"""
