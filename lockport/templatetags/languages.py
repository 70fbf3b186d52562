"""What every page brings for its language."""

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString

from lockport.script_words import translated_sentences

register = template.Library()


@register.simple_tag
def script_words() -> SafeString | str:
    """The scripts' sentences as a block of JSON that words.js reads; nothing at all in English."""
    words = translated_sentences()
    return json_script(words, "script-words") if words else ""
