"""Made-up sightings: grey pictures and chosen numbers."""

import cv2
import numpy as np

from alerts.sightings import Sighting
from cameras.models import Camera
from watchlist.models import Entry

GREY = cv2.imencode(".jpg", np.full((32, 32, 3), 128, np.uint8))[1].tobytes()


def sighting_of(entry: Entry, camera: Camera, seen_at: float, **values: object) -> Sighting:
    defaults = {
        "first_seen": seen_at - 0.4,
        "distance": -0.08,
        "raw_distance": 0.45,
        "threshold": -0.05,
        "frames_used": 3,
        "quality": 0.6,
        "runner_up_distance": 0.2,
        "gallery_size": 3,
        "gallery_version": "v1",
        "model": "dlib",
        "face": GREY,
        "frame": GREY,
    }
    return Sighting(entry=entry.pk, camera=camera.pk, seen_at=seen_at, **(defaults | values))
