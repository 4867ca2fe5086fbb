"""Comments that hold somebody's personal data.  All of it is invented.

Addresses use the domains reserved for examples; telephone numbers use ranges
set aside for fiction where there are any; resident ids carry a right check
digit, as recognisers verify it.
"""

import random

NAMES = ["mara.lind", "j.okafor", "chen.wei", "t_vogel", "ana.ruiz88", "lee.park", "sofia", "m.haddad"]
DOMAINS = ["example.com", "example.org", "mail.example.net", "post.example.com"]
FRAMES = {
    "email": ["please write to {v} about the refund", "my mail is {v}, thanks", "请联系 {v}",
              "invoice to {v}!"],
    "phone": ["call me on {v} after six", "deliver only after a call: {v}", "电话 {v}，谢谢",
              "{v} is my new number"],
    "resident_id": ["身份证号 {v} 用于清关", "resident id for customs: {v}", "my id is {v}, as asked"],
}


def personal_comment(rng: random.Random) -> tuple[str, str]:
    """(kind of personal data, comment)."""
    kind = rng.choices(["email", "phone", "resident_id"], [0.45, 0.35, 0.20])[0]
    value = {"email": _email, "phone": _phone, "resident_id": resident_id}[kind](rng)
    return kind, rng.choice(FRAMES[kind]).format(v=value)


def _email(rng: random.Random) -> str:
    return f"{rng.choice(NAMES)}{rng.choice(['', str(rng.randrange(10, 99))])}@{rng.choice(DOMAINS)}"


def _phone(rng: random.Random) -> str:
    tail = rng.randrange(100, 200)
    mobile = f"1990000{rng.randrange(10000):04d}"
    return rng.choice([
        f"+1 (212) 555-0{tail}", f"212-555-0{tail}", f"+44 7700 900{rng.randrange(1000):03d}",
        mobile, f"+86 {mobile[:3]} {mobile[3:7]} {mobile[7:]}", f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}"])


def resident_id(rng: random.Random) -> str:
    """Eighteen characters after GB 11643-1999; the last one is ISO 7064 MOD 11-2."""
    region = rng.choice(["110105", "310115", "440305", "510104"])
    born = f"{rng.randrange(1955, 2005)}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}"
    body = f"{region}{born}{rng.randrange(1, 1000):03d}"
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]
