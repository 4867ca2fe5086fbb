// data/tables/rules.h: rules of any shape.
#include "data/tables/rules.h"
#include "fuzz/fuzz.h"

FUZZ(table_rules) {
  using namespace fulcrum::data::tables;
  const auto rules = parse_rules(input, "rules.txt");
  if (!rules) return;
  for (const Rule& rule : *rules) {
    fulcrum::fuzz::must(!rule.predicates.empty(), "a rule has a predicate");
    // Texts that hold both quotes, or what ends an operand, have no other form than their own.
    bool is_plain = true;
    for (const Predicate& one : rule.predicates)
      for (const Operand* operand : {&one.left, &one.right})
        is_plain = is_plain && operand->text.find_first_of("\"'(),&") == std::string::npos &&
                   operand->text.find_first_of(" \t\r\xC2\xE2\xE3\xEF") == std::string::npos;
    if (!is_plain) continue;
    const auto again = parse_rules(text_of(rule), "again");
    fulcrum::fuzz::must(again.has_value() && again->size() == 1, "what is printed reads again");
    fulcrum::fuzz::must(text_of(again->front()) == text_of(rule), "and says the same");
  }
}
