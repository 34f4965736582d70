"""Reads a calendar object with Python's `icalendar` and prints what it understood, as JSON."""

import json
import sys

from icalendar import Calendar


def listed(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def text(component, name):
    value = component.get(name)
    return None if value is None else str(value)


def person(value):
    return {"address": str(value), **{name: str(value.params[name]) for name in value.params}}


def alarm(component):
    minutes = component.decoded("TRIGGER").total_seconds() / 60
    return {"action": text(component, "ACTION"), "description": text(component, "DESCRIPTION"), "minutes": minutes}


def event(component):
    people = {"organizer": [person(who) for who in listed(component.get("ORGANIZER"))]}
    people["attendees"] = [person(who) for who in listed(component.get("ATTENDEE"))]
    times = {name: component.decoded(name).isoformat() for name in ("DTSTAMP", "DTSTART", "DTEND")}
    words = ("UID", "SEQUENCE", "STATUS", "TRANSP", "SUMMARY", "DESCRIPTION", "LOCATION")
    alarms = [alarm(inner) for inner in component.subcomponents]
    return {"names": list(component), "alarms": alarms, **people, **times, **{name: text(component, name) for name in words}}


calendar = Calendar.from_ical(sys.stdin.buffer.read().decode("utf-8"))
events = calendar.subcomponents
print(json.dumps({
    "names": list(calendar),
    "components": [component.name for component in events],
    "errors": [list(error) for component in calendar.walk() for error in component.errors],
    **{name: text(calendar, name) for name in ("METHOD", "VERSION", "PRODID", "NAME")},
    "events": [event(component) for component in events],
}))
