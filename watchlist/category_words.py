"""What Lockport itself wrote about the categories into the database (migration 0002), named for the catalogue.

Pages say it in the reader's language: names and legal bases whole, protocols line by line. What a district has
rewritten is in no catalogue, and is shown as it was typed.
"""

from django.utils.translation import gettext_noop

WORDS = [
    gettext_noop("Registered sex offender, level 2 or 3"),
    gettext_noop("Suspended student"),
    gettext_noop("Staff terminated, suspended or on leave"),
    gettext_noop("Banned from school property by the school or a court"),
    gettext_noop("Believed on credible information to be a threat"),
    gettext_noop("The state's sex-offender registration law; the public registry's entry of level 2 or 3."),
    gettext_noop("The written suspension under the district's code of conduct, for as long as it lasts."),
    gettext_noop("The personnel decision that ends or suspends the right to enter the building."),
    gettext_noop("The school's written order or the court's order, a copy of which is on file."),
    gettext_noop("The threat assessment team's signed finding, with its source and basis."),
    gettext_noop("Look at both faces and answer. Do not approach anybody on the strength of one answer."),
    gettext_noop("Ask a second person to answer without telling them yours."),
    gettext_noop("If confirmed: call the school resource officer; keep the main office's door closed."),
    gettext_noop("If confirmed: an administrator meets the student and calls the family. No police."),
    gettext_noop("If confirmed: call the personnel office; an administrator meets the person at the door."),
    gettext_noop("If confirmed: call security; call the police if the order is a court's."),
    gettext_noop("If confirmed: call 911, then follow the building's emergency plan."),
    gettext_noop("Write down what you did in a note."),
]
