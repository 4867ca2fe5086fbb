// The main text of a page that a record holds as HTML.
#include <boost/describe/class.hpp>

#include "base/codec.h"
#include "data/operators/operator.h"
#include "data/text/unicode.h"
#include "data/web/extract.h"

namespace fulcrum::data {

namespace {

struct Settings {
  std::string html_field = "html";
  std::string title_field = "title";  // empty: the title is not kept
  bool keep_html = false;
};
BOOST_DESCRIBE_STRUCT(Settings, (), (html_field, title_field, keep_html))

enum Rule : std::size_t { kNoText, kExtracted };

class ExtractHtml final : public Operator {
 public:
  explicit ExtractHtml(Settings settings) : settings_(std::move(settings)) {}

  std::vector<std::string> rules() const override { return {"no_main_text", "text_extracted"}; }
  bool only_drops() const override { return false; }

  /// A record without HTML stays as it is.
  Verdict apply(Item& item) const override {
    const auto html = item.record().text(settings_.html_field);
    if (!html) return Verdict::keep();
    web::ExtractSettings how;
    how.http_charset = "utf-8";  // a record's text is
    const web::Extraction page = web::extract(*html, how);
    if (text::strip(page.text).empty()) return Verdict::drop(kNoText);
    item.set_text(page.text);
    if (!settings_.title_field.empty() && !page.title.empty())
      item.record().set_text(settings_.title_field, page.title);
    if (!settings_.keep_html) item.record().remove(settings_.html_field);
    return Verdict::change(kExtracted);
  }

 private:
  Settings settings_;
};

}  // namespace

base::Result<std::unique_ptr<Operator>> make_extract_html(const base::json::value& settings,
                                                          std::string_view path) {
  TRY(auto decoded, base::decode<Settings>(settings, path));
  return std::make_unique<ExtractHtml>(std::move(decoded));
}
base::json::value extract_html_defaults() {
  return base::encode(Settings{});
}

}  // namespace fulcrum::data
