"""How pure code names the sentences that somebody else will translate."""


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for the catalogue of translations. It stays English here: whoever shows it translates it."""
    return sentence
