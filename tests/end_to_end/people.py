"""Scripts that run inside a deployment (`Deployment.shell`): its people, its school, its watchlist."""

PASSWORD = "a long enough pass phrase"

MAKE_DISTRICT = f"""
from datetime import timedelta
from django.contrib.auth.models import Group, User
from django.utils import timezone
from guardian.shortcuts import assign_perm
from cameras.models import School
from watchlist.models import Authorisation, Category

school = School.objects.create(name="North Park", time_zone="America/New_York", jurisdiction="US-PA")
roles = dict(principal="Principal", security="Security", ada="Watchlist administrator", bela="Watchlist administrator")
people = dict()
for name, role in roles.items():
    person = people[name] = User.objects.create_user(name, password="{PASSWORD}", is_staff="Watch" in role)
    person.groups.add(Group.objects.get(name=role))
    assign_perm("cameras.review_school", person, school)
    for category in Category.objects.all():
        assign_perm("watchlist.review_category", person, category)
authorisation = Authorisation.objects.create(
    school=school, law="Resolution 12", valid_until=timezone.now() + timedelta(days=1),
    signed_by=people["ada"], approved_by=people["bela"])
authorisation.categories.set(Category.objects.all())
"""

ENROL = """
from datetime import timedelta
from pathlib import Path
from django.contrib.auth.models import User
from django.utils import timezone
from audit.services import Actor
from watchlist import services
from watchlist.enrolment import examine
from watchlist.models import Category
from watchlist.proposals import Proposal

ada, bela = User.objects.get(username="ada"), User.objects.get(username="bela")
for name in {names!r}:
    proposal = Proposal(
        name=name, category=Category.objects.get(slug="banned"), every_school=True, basis="Order 17",
        particulars=dict(order_by="court", order_number="17"), expires_at=timezone.now() + timedelta(days=30))
    entry = services.entry_propose(
        proposal=proposal, by=ada, actor=Actor.from_person(ada),
        photographs=[examine(Path({folder!r}, name + ".jpg").read_bytes())])
    services.entry_approve(entry=entry, seen_version=entry.version, by=bela, actor=Actor.from_person(bela))
"""

ALERTS = """
import json
from alerts.models import Alert
rows = Alert.objects.order_by("pk").values("pk", "entry__name", "sightings", "distance", "threshold")
print(json.dumps(list(rows)))
"""
