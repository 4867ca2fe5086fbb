// ledger/export.h: a ledger from somebody else's file.
#include <sstream>

#include "fuzz/fuzz.h"
#include "ledger/export.h"

namespace {

using namespace fulcrum;

std::string import_text(const std::string& text, std::string& root) {
  const auto store = ledger::open_memory_store({});
  std::istringstream in(text);
  const auto report = ledger::import_from(*store, in);
  const auto checked = ledger::verify(*store);
  fuzz::must(checked && checked->ok, "whatever got in proves itself");
  if (!report) return {};
  fuzz::must(report->events == store->size() && report->root == checked->root,
             "the report says what is there");
  root = report->root;
  std::ostringstream out;
  fuzz::must(ledger::export_to(*store, out).has_value(), "what came in can go out");
  return out.str();
}

}  // namespace

FUZZ(ledger_import) {
  std::string root, again;
  const std::string exported = import_text(std::string(input), root);
  if (exported.empty()) return;
  fuzz::must(!import_text(exported, again).empty() && again == root,
             "an export imports with the same root");
}
