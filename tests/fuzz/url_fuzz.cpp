// data/url.h. First line: the page; the rest: a link on it.
#include "data/url.h"

#include "fuzz/fuzz.h"

FUZZ(url) {
  using namespace fulcrum;
  const auto base_url = fuzz::take_line(input);
  const auto& dropped = data::tracking_parameters();
  const auto url = data::canonical_url(base_url, input, dropped);
  if (!url) return;
  fuzz::must(url->find('#') == std::string::npos, "no fragment is left");
  const auto again = data::canonical_url("", *url, dropped);
  if (!again || *again != *url)
    std::fprintf(stderr, "%s\n%s\n", url->c_str(), again ? again->c_str() : "refused");
  fuzz::must(again && *again == *url, "one spelling: the canonical URL is its own");
  const auto parts = data::split_url(*url);
  fuzz::must(parts && parts->origin + parts->path_and_query == *url, "its parts make the URL");
}
