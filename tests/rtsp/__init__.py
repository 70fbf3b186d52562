"""A real RTSP server for the tests, and the pytest fixtures that start it."""
