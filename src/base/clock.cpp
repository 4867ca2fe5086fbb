#include "base/clock.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>

namespace fulcrum::base {

namespace {

class SystemClock final : public Clock {
 public:
  std::int64_t now_us() const override {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
};

/// Takes exactly `digits` digits off the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  int number = 0;
  if (text.size() < digits) return std::nullopt;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> parse_fraction_us(std::string_view& text) {
  std::int64_t fraction_us = 0;
  int digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (digits < 6) fraction_us = fraction_us * 10 + (text.front() - '0');
    ++digits;
    text.remove_prefix(1);
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 6; ++digits) fraction_us *= 10;
  return fraction_us;
}

std::optional<std::int64_t> parse(std::string_view text) {
  using namespace std::chrono;
  const auto y = take_number(text, 4);
  if (!y || !take(text, "-")) return std::nullopt;
  const auto m = take_number(text, 2);
  if (!m || !take(text, "-")) return std::nullopt;
  const auto d = take_number(text, 2);
  if (!d) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  std::int64_t time_us = duration_cast<microseconds>(sys_days(date).time_since_epoch()).count();
  if (text.empty()) return time_us;
  if (!take(text, "Tt ")) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ":")) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int second = 0;
  if (take(text, ":")) {
    const auto s = take_number(text, 2);
    if (!s || *s > 60) return std::nullopt;
    second = *s;
    if (take(text, ".,")) {
      const auto fraction_us = parse_fraction_us(text);
      if (!fraction_us) return std::nullopt;
      time_us += *fraction_us;
    }
  }
  time_us += (*hour * 3600LL + *minute * 60LL + second) * 1'000'000LL;
  if (text.empty() || text == "Z" || text == "z") return time_us;
  const bool negative = text.front() == '-';
  if (!take(text, "+-")) return std::nullopt;
  const auto offset_hour = take_number(text, 2);
  take(text, ":");
  const auto offset_minute = take_number(text, 2);
  if (!offset_hour || *offset_hour > 23 || !offset_minute || *offset_minute > 59 || !text.empty())
    return std::nullopt;
  const std::int64_t offset_us = (*offset_hour * 60LL + *offset_minute) * 60'000'000LL;
  return time_us - (negative ? -offset_us : offset_us);
}

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::string iso_time(std::int64_t time_us) {
  using namespace std::chrono;
  const sys_time<microseconds> time{microseconds(time_us)};
  const auto day_start = floor<days>(time);
  const year_month_day date{day_start};
  const hh_mm_ss<microseconds> clock{time - day_start};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

Result<std::int64_t> parse_iso_time(std::string_view text) {
  if (const auto time_us = parse(text)) return *time_us;
  return usage("time.syntax", fmt::format("not an ISO 8601 time: \"{}\"", text), {},
               "write it like 2026-10-31T09:30:00Z");
}

}  // namespace fulcrum::base
