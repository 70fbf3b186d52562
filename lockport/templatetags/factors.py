"""Whether somebody must set up a second factor before anything else: `{% lacks_factor request.user as lacking %}`."""

from django import template

from lockport.second_factor import lacks_second_factor

register = template.Library()
register.simple_tag(lacks_second_factor, name="lacks_factor")
