"""The demonstration: a district with one school, one camera and one enrolled person, made by `make run`."""
