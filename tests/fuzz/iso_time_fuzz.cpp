// base/clock.h: times in logs and tables.
#include "base/clock.h"
#include "fuzz/fuzz.h"

FUZZ(iso_time) {
  using namespace fulcrum;
  const auto time_us = base::parse_iso_time(input);
  if (!time_us) return;
  const std::string text = base::iso_time(*time_us);
  // An offset can lead one day out of the years that four digits write.
  if (text.size() != std::string_view("2026-10-31T09:30:00.000000Z").size() || text[0] == '-')
    return;
  fuzz::must(base::parse_iso_time(text) == *time_us, "a printed time reads as the same time");
}
