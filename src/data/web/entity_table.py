"""Writes the table of HTML's named character references from Python's html.entities.html5 (the
WHATWG HTML standard, 13.5) as C++.  entity_table.py OUT.cpp"""
import html.entities
import sys

SLOTS = 8192


def hash_of(name):
    value = 2166136261
    for byte in name.encode("ascii"):
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return (value ^ (value >> 15)) % SLOTS


def main():
    names = sorted(html.entities.html5)
    slots = [0] * SLOTS
    for number, name in enumerate(names, 1):
        slot = hash_of(name)
        while slots[slot]:
            slot = (slot + 1) % SLOTS
        slots[slot] = number
    out = ['#include "data/web/entity_table.h"', "namespace fulcrum::data::web {",
           "const EntityEntry kEntities[] = {{{}, {}},"]
    for name in names:
        text = "".join(f"\\x{byte:02x}" for byte in html.entities.html5[name].encode("utf-8"))
        out.append(f'{{"{name}", "{text}"}},')
    out += ["};", f"const std::uint16_t kEntitySlots[kEntitySlotCount] = {{{','.join(map(str, slots))}}};",
            "}  // namespace fulcrum::data::web", ""]
    with open(sys.argv[1], "w", encoding="ascii") as file:
        file.write("\n".join(out))


main()
