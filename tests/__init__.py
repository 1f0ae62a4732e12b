"""Tests mirror the tree: tests/<app>/test_<shelf>.py; journeys/ are browser stories, house/ rules about the sources."""
