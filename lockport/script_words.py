"""What scripts say: each `say("…")` in static/lockport/*.js, so that the catalogue knows it. A test compares them."""

from django.utils.translation import gettext, gettext_noop

SENTENCES = [
    # every page
    gettext_noop("Colours: device"),
    gettext_noop("Colours: light"),
    gettext_noop("Colours: dark"),
    gettext_noop("You are signed out, so nothing new is shown here."),
    gettext_noop("Sign in again"),
    gettext_noop("Your answer was not sent: %(why)s Try again."),
    gettext_noop("Your answer was not taken back: %(why)s Try again."),
    gettext_noop("the connection is lost."),
    gettext_noop("the server did not answer in time."),
    gettext_noop("the server has a problem."),
    gettext_noop("this page is too old; reload it first."),
    # the review room
    gettext_noop("%(place)s: a second person is needed"),
    gettext_noop("Confirmed by a second person: %(category)s at %(place)s."),
    gettext_noop("The confirmation was withdrawn: %(category)s at %(place)s. Somebody else is asked now."),
    gettext_noop("What to do now"),
    gettext_noop("Close"),
    gettext_noop("1 more waits for you outside this filter."),
    gettext_noop("%(number)s more wait for you outside this filter."),
    gettext_noop("You answered: %(answer)s."),
    gettext_noop("just now"),
    gettext_noop("%(number)s s ago"),
    gettext_noop("%(number)s min ago"),
    gettext_noop("%(number)s h ago"),
    gettext_noop("1 day ago"),
    gettext_noop("%(number)s days ago"),
    # cameras
    gettext_noop("Point %(number)s, %(across)s across, %(down)s down. Arrows move it, Delete removes it."),
    gettext_noop("A picture of a moment ago. Every face found in it has been made unrecognisable."),
    gettext_noop("No picture arrived: the camera is not being watched now. You can draw all the same."),
    gettext_noop("Nothing was recorded for %(seconds)s seconds before this."),
    gettext_noop("This part cannot be played here: it was destroyed, or your browser does not know its format."),
    # the watchlist desk
    gettext_noop("The files are being checked: each photograph takes about a second…"),
    gettext_noop(
        "The files could not be checked: the connection is lost, or a file is larger than 20 MB or all of them than 80 "
        "MB. Nothing was kept; try again."
    ),
    gettext_noop("Drop photographs here, or choose them:"),
    gettext_noop("At most 10 photographs at a time: the others were left out."),
    gettext_noop("Left out: %(names)s. Only photographs are taken here."),
    gettext_noop("Being looked at…"),
    gettext_noop("Leave this photograph out"),
    gettext_noop("It could not be judged now. It is judged when the form is saved."),
    gettext_noop("%(name)s. To cut it: arrow keys move a box, plus and minus size it."),
    gettext_noop("Cut to the box"),
    gettext_noop("Face %(number)s of %(total)s"),
    gettext_noop("Box around the face"),
]


def translated_sentences() -> dict[str, str]:
    """The sentences by their English; only those that are said otherwise in the language of the page."""
    return {english: said for english in SENTENCES if (said := gettext(english)) != english}
