// base/json.h and base/codec.h: JSON into described structs, and back.
#include "base/codec.h"

#include "data/settings.h"
#include "data/types.h"
#include "fuzz/fuzz.h"
#include "plan/plan.h"

namespace {

using namespace fulcrum;

template <class T>
void round_trip(const base::json::value& value) {
  const auto decoded = base::decode<T>(value, "body");
  if (!decoded) return fuzz::must(!decoded.error().code.empty(), "an error has a code");
  const auto encoded = base::encode(*decoded);
  const auto again = base::decode<T>(encoded, "body");
  fuzz::must(again && base::to_text(base::encode(*again)) == base::to_text(encoded),
             "what was encoded decodes to the same");
}

}  // namespace

FUZZ(json_codec) {
  const auto value = base::parse_json(input, "input");
  if (!value) return;
  const std::string text = base::to_text(*value);
  const auto again = base::parse_json(text, "text");
  fuzz::must(again.has_value(), "what was printed can be read");
  if (fuzz::has_inexact_number(text)) return;
  fuzz::must(base::to_text(*again) == text, "what was printed reads as the same");
  const auto pretty = base::parse_json(base::to_pretty_text(*value), "text");
  fuzz::must(pretty && base::to_text(*pretty) == text, "indenting changes no value");
  round_trip<data::CommitDataset>(*value);
  round_trip<data::RecordQuality>(*value);
  round_trip<data::OpenLabels>(*value);
  round_trip<data::CrawlSettings>(*value);
  round_trip<data::InlineSettings>(*value);
  round_trip<plan::Plan>(*value);
}
