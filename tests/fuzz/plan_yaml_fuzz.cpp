// plan/document.h and plan/plan.h. First line: the argument of --set, or nothing; the rest: a plan.
#include "fuzz/fuzz.h"
#include "plan/plan.h"

namespace {

using namespace fulcrum;

/// YAML takes a key of at most 1024 characters, escapes counted, JSON any.
bool has_long_key(const base::json::value& value) {
  if (const auto* array = value.if_array()) {
    for (const auto& element : *array)
      if (has_long_key(element)) return true;
  } else if (const auto* object = value.if_object()) {
    for (const auto& entry : *object)
      if (entry.key().size() > 160 || has_long_key(entry.value())) return true;
  }
  return false;
}

}  // namespace

FUZZ(plan_yaml) {
  const auto assignment = fuzz::take_line(input);
  auto document = plan::parse_document(input, "plan.yaml");
  if (!document) return;
  fuzz::must(document->root.is_object(), "a plan is a map");
  for (const auto& [path, mark] : document->marks)
    fuzz::must(mark.line > 0 && mark.column > 0, "places count from 1");
  const std::string text = base::to_text(document->root);
  if (!has_long_key(document->root)) {
    const auto again = plan::parse_document(text, "plan.json");
    fuzz::must(again && base::to_text(again->root) == text, "JSON is YAML: printed, it reads back");
  }
  if (!assignment.empty() && !plan::override_value(*document, assignment))
    fuzz::must(base::to_text(document->root) == text || assignment.find('.') != assignment.npos,
               "a refused --set changes nothing");
  const auto decoded = plan::decode_plan(*document);
  fuzz::must(decoded || !decoded.error().message.empty(), "a refusal says why");
}
