// data/web/extract.h: any bytes as a page.
#include "data/web/extract.h"

#include "base/text_reader.h"
#include "fuzz/fuzz.h"

FUZZ(extract) {
  using namespace fulcrum;
  data::web::ExtractSettings settings;
  settings.max_depth = 64;
  const auto page = data::web::extract(input, settings);
  for (const auto* text : {&page.text, &page.title, &page.author, &page.published, &page.language})
    fuzz::must(!base::invalid_utf8(*text), "what comes out is UTF-8");
  fuzz::must(page.text.find("\n\n") == std::string::npos, "no line is empty");
  // The largest growth: Latin to UTF-8, and a reference to two characters.
  fuzz::must(page.text.size() <= 4 * input.size() + 16, "text does not grow out of nothing");
  fuzz::must(data::web::extract(input, settings).text == page.text, "the same page, the same text");
}
