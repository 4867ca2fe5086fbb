"""Documents that come near every threshold of the web filters, from sentences of our own."""
import random

SENTENCES = [
    "The harbour was quiet, and the boats didn't move until the wind came back.",
    "We have to be careful with that, Dr. Miller said; it's not over yet.",
    "Prices rose by 3.5% to $12.40 between Jan. and Sept. of last year.",
    "\u201cYou can\u2019t be serious,\u201d she said, \u201cthat is the best we've got!\u201d",
    "See https://docs.example.org/a-b/c?d=1 or write to info@example.com for more.",
    "The well-known state-of-the-art method (see Fig. 2) took 10km of cable...",
    "Who'd have thought that a U.S. company would've built this in three weeks?",
    "Meet at 9am in St. Mary's hall, and/or wait outside :)",
    "He cannot remember the name of the town, nor of the people who lived there.",
    "Na\u00efve caf\u00e9 owners \u2014 and there are many \u2014 pay too much for their coffee.",
    "It was to be the end of the road, and nobody had come with him.",
    "In 1998 [12] the committee changed the rules [citation needed] with no vote.",
    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
    "- a point of the list that has to be made",
    "\u2022 another point with a bullet",
    "### tags #one #two #three",
    "And so on\u2026",
    "Please enable JavaScript to use this page.",
    "Read our privacy policy and the terms of use before you go on.",
    "Short line", "Menu", "Home | About | Contact", "if (x) { return; }", "Lorem ipsum dolor sit amet.",
    "\u8fd9\u662f\u4e00\u4e2a\u4e2d\u6587\u53e5\u5b50\u3002", "x" * 1100 + " is one long word here.",
]


def documents(count, seed):
    pick = random.Random(seed)
    for number in range(count):
        plain = SENTENCES[:12] if pick.random() < 0.7 else SENTENCES
        lines = []
        for _ in range(pick.randint(1, 40)):
            sentences = [pick.choice(plain) for _ in range(pick.randint(1, 4))]
            if pick.random() < 0.8:  # most lines are their own
                sentences.insert(0, f"Part {pick.randint(1, 10_000)} of the story of {pick.choice('ABCDEFG')}.{pick.choice('xyz')} begins.")
            lines.append(" ".join(sentences))
        if pick.random() < 0.15:
            lines += [pick.choice(lines)] * pick.randint(1, 8)
        separator = pick.choice(["\n", "\n", "\n\n", "\r\n", "\n \n"])
        yield {"id": f"{seed}-{number}", "text": separator.join(lines)}
