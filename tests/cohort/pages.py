"""Pages that a run serves to this machine."""

from http.client import HTTPConnection
from urllib.parse import urlsplit


def fetched(link):
    """The status and the text of a page."""
    place = urlsplit(link)
    connection = HTTPConnection(place.hostname, place.port, timeout=60)
    try:
        connection.request("GET", place.path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
