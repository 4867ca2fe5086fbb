// data/html.h. First line: a selector; the rest: a page.
#include "data/html.h"

#include "data/url.h"
#include "fuzz/fuzz.h"

FUZZ(html) {
  using namespace fulcrum;
  const auto selector = data::Selector::parse(fuzz::take_line(input));
  const data::HtmlPage page{std::string(input)};
  if (selector) {
    fuzz::must(!selector->compounds.empty(), "a selector selects something");
    if (const auto found = page.first(*selector); found && !found->empty()) {
      fuzz::must(found->front() != ' ' && found->back() != ' ' &&
                     found->find("  ") == std::string::npos &&
                     found->find('\n') == std::string::npos,
                 "whitespace is collapsed");
    }
  }
  for (const auto& link : page.links()) {
    fuzz::must(!link.empty(), "a link leads somewhere");
    (void)data::canonical_url(page.base().value_or("http://shop.example/a"), link, {});
  }
  (void)page.canonical();
  (void)page.forbids("noindex");
}
