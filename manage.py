#!/usr/bin/env python
"""Django's command line for Lockport."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lockport.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from lockport.keyfiles import KeyProblem

    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, KeyProblem) as problem:
        sys.exit(f"Lockport's settings cannot be used. {problem}")


if __name__ == "__main__":
    main()
