"""`manage.py evaluate`: measure recognition on folders of photographs, and say in words what was found."""
