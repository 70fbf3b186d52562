"""The five categories of the mission. Districts change the words in admin; there is no sixth."""

from django.db import migrations

STEPS = """Look at both faces and answer. Do not approach anybody on the strength of one answer.
Ask a second person to answer without telling them yours.
If confirmed: {then}
Write down what you did in a note."""

CATEGORIES = [
    {
        "slug": "sex-offender",
        "name": "Registered sex offender, level 2 or 3",
        "legal_basis": "The state's sex-offender registration law; the public registry's entry of level 2 or 3.",
        "days_to_keep": 365,
        "severity": 4,
        "protocol": STEPS.format(then="call the school resource officer; keep the main office's door closed."),
    },
    {
        "slug": "suspended-student",
        "name": "Suspended student",
        "legal_basis": "The written suspension under the district's code of conduct, for as long as it lasts.",
        "days_to_keep": 90,
        "severity": 1,
        "protocol": STEPS.format(then="an administrator meets the student and calls the family. No police."),
    },
    {
        "slug": "staff",
        "name": "Staff terminated, suspended or on leave",
        "legal_basis": "The personnel decision that ends or suspends the right to enter the building.",
        "days_to_keep": 180,
        "severity": 2,
        "protocol": STEPS.format(then="call the personnel office; an administrator meets the person at the door."),
    },
    {
        "slug": "banned",
        "name": "Banned from school property by the school or a court",
        "legal_basis": "The school's written order or the court's order, a copy of which is on file.",
        "days_to_keep": 365,
        "severity": 3,
        "protocol": STEPS.format(then="call security; call the police if the order is a court's."),
    },
    {
        "slug": "credible-threat",
        "name": "Believed on credible information to be a threat",
        "legal_basis": "The threat assessment team's signed finding, with its source and basis.",
        "days_to_keep": 30,
        "severity": 5,
        "protocol": STEPS.format(then="call 911, then follow the building's emergency plan."),
    },
]


def create(apps, schema_editor):
    for category in CATEGORIES:
        apps.get_model("watchlist", "Category").objects.get_or_create(slug=category["slug"], defaults=category)


class Migration(migrations.Migration):
    dependencies = [("watchlist", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
