"""Codes of states and provinces (ISO 3166-2): by them the law of a school is known.

They are compared letter by letter with those where recognition is refused, so "NY" or "us-ny" must never be one.
"""

import re

_STATES = """
AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI
SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR UM VI
"""
# In the United States only those that there are; elsewhere whatever has the form of one. PostgreSQL reads it as well.
CODE = rf"^(US-({'|'.join(_STATES.split())})|(?!US-)[A-Z]{{2}}-[A-Z0-9]{{1,3}})$"


def as_code(text: str) -> str:
    """As it is stored: without spaces around it, in capitals."""
    return text.strip().upper()


def is_code(text: str) -> bool:
    """Whether this can be the code of a state or province."""
    return re.fullmatch(CODE, text) is not None
