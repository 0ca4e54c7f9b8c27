"""The echo contract behind WSGI: what of a request reaches an application, as JSON with base64 strings."""

import base64
import json

# A WSGI environment is a dictionary with upper-case names, so it cannot tell these.
LACKS = ["order", "duplicates", "name-case", "underscore-names", "trailers"]


def encoded(text):
    return base64.b64encode(text.encode("latin-1")).decode("ascii")


def fields(environ):
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            name = name[len("HTTP_"):]
        elif name not in ("CONTENT_TYPE", "CONTENT_LENGTH") or not value:
            continue
        yield encoded(name.replace("_", "-").lower()), encoded(value)


def app(environ, start_response):
    if environ["REQUEST_METHOD"] == "CONNECT":  # no tunnel begins here
        start_response("405 Method Not Allowed", [("Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS"), ("Content-Length", "0")])
        return []
    content = environ["wsgi.input"].read()
    said = {
        "method": encoded(environ["REQUEST_METHOD"]),
        "target": encoded(environ["RAW_URI"]),
        "version": environ["SERVER_PROTOCOL"].removeprefix("HTTP/"),
        "fields": list(fields(environ)),
        "body": base64.b64encode(content).decode("ascii"),
        "trailers": [],
        "lacks": LACKS,
    }
    octets = json.dumps(said).encode("ascii")
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(octets)))])
    return [octets]
