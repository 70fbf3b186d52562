"""Spanish as it is written in the United States: one school writes 1,234.5 in both of its languages.

Dates are Django's for Spanish; a time that two languages read differently would be worse than one that looks foreign.
"""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
FIRST_DAY_OF_WEEK = 0
