// data/robots.h. First line: a path; the rest: robots.txt.
#include "data/robots.h"

#include <cmath>

#include "fuzz/fuzz.h"

FUZZ(robots) {
  using namespace fulcrum;
  const std::string path = "/" + std::string(fuzz::take_line(input));
  const auto robots = data::Robots::parse(input, "FulcrumBot");
  const bool allowed = robots.allows(path);
  fuzz::must(robots.allows("/robots.txt"), "robots.txt itself may always be read");
  fuzz::must(std::isfinite(robots.delay_s()) && robots.delay_s() >= 0, "a delay is a duration");
  std::string text = "# first\n";
  for (const char c : input) c == '\n' ? text += "\r\n" : text += c;
  if (!input.starts_with("\xEF\xBB\xBF") && input.size() < 100'000) {
    const auto same = data::Robots::parse(text + "\n# last\n", "fulcrumbot/2.0");
    fuzz::must(same.allows(path) == allowed, "comments and line ends decide nothing");
  }
  fuzz::must(!data::Robots::closed().allows(path) || path == "/robots.txt", "closed is closed");
}
