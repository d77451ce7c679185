"""The hand-written frames of the wrong sentences, and the invented names."""

from __future__ import annotations

WRONG = {
    "price": [
        "that comes to {wrong}.", "the standard visit costs {wrong}.", "it's {wrong} for the visit.",
        "you would pay {wrong}.", "the price is {wrong}, and that is for everything.",
        "on {date} at {time} that would be {wrong}.", "a visit is {wrong}, not {price}.", "so {wrong} in total?",
        "would {wrong} be all right?", "we charge {wrong} for that.", "it has gone up to {wrong}.",
        "yes, {name}, {wrong}.", "the extended package is {wrong}.", "the fee is {wrong}, payable on the day.",
        "for {wrong} you get the whole thing.", "I can offer it for {wrong}.", "normally {wrong}, but for you {price}.",
    ],
    "date": [
        "that would be {wrong}.", "I have {wrong} at {time}.", "would {wrong} suit you?",
        "so {wrong}, at {time}, with {doctor}.", "the appointment is on {wrong}.", "{doctor} is here on {wrong}.",
        "{wrong} is still open.", "you said {wrong}, right?", "I can put you in for {wrong}.",
        "let's say {wrong}, then.",
        "we have moved it to {wrong}.", "not {date} but {wrong}.", "{name}, {wrong} it is.",
        "is {wrong} all right with you?", "come by on {wrong} and pay {price}.", "please be here on {wrong}.",
    ],
    "time": [
        "that would be at {wrong}.", "I have {date} at {wrong}.", "would {wrong} suit you?",
        "so {date}, at {wrong}, with {doctor}.", "the appointment is at {wrong}.", "{doctor} is free at {wrong}.",
        "please be here by {wrong}.", "{wrong} is still open.", "you said {wrong}, right?",
        "it begins at {wrong} and costs {price}.", "at {wrong}, {name}.", "we could do {wrong} instead.",
        "how about {wrong}?", "not {time} but {wrong}.", "we start at {wrong} sharp.", "you are due at {wrong}.",
    ],
    "name": [
        "{wrong} will see you on {date}.", "you will be seen by Doctor {wrong}.", "thank you, {wrong}.",
        "I have you down as {wrong}.", "is it {wrong} or {name}?", "please ask for {wrong} at the desk.",
        "your visit is with {wrong}.", "the name is {wrong}, is that right?", "{wrong} can call you back at {time}.",
        "I'll let {wrong} know.", "Dr. {wrong} is very good.", "let me put you through to {wrong}.",
        "so that's {wrong}, {date} at {time}.", "we're called {wrong} Dental.", "you could also see {wrong}.",
        "it costs {price}, {wrong} told me.",
    ],
    "code": [
        "your code is {wrong}.", "the reference is {wrong}.", "that's {wrong}.", "I'll repeat it: {wrong}.",
        "please note {wrong}.", "the code you need on {date} is {wrong}.", "it reads {wrong}.",
        "show {wrong} at the desk.", "with {wrong} you can change it later.", "is it {wrong}?",
        "the booking, {wrong}, is under {name}.", "use the code {wrong} when you call.", "once more, {wrong}.",
        "your confirmation is {wrong}, {name}.",
    ],
}  # fmt: skip

FIRST = {
    "worked": ["Nadia", "Oskar", "Tamsin", "Rafael", "Ingrid", "Callum", "Yara", "Dmitri", "Paloma", "Felix"],
    "held": [
        "Mireille",
        "Caspian",
        "Ngozi",
        "Torsten",
        "Ludmila",
        "Enrique",
        "Fionn",
        "Sunniva",
        "Desta",
        "Bartholomew",
    ],
}
LAST = {
    "worked": ["Ferreira", "Lindqvist", "Okonkwo", "Haddad", "Petrov", "Brennan", "Castellano", "Nakamura"],
    "held": ["Vasquez", "Oyelaran", "Lindholm", "Pemberton", "Szymanski", "Kavanagh", "Ishikawa", "Delacroix"],
}
ALIKE = ["Sarah", "Elena", "Weiss", "Marla", "Nadja", "Oscar", "Felicia", "Tobin", "Petra", "Haddon", "Osman", "Grace"]
BUSINESS = ["Harbor Dental", "Cedar Clinic", "Lakeside Physio", "Corner Optics", "Maple Vets"]
