// control/engine/engine_state.h: snapshots. "{…}" stands for the states inside a well-formed
// snapshot; anything else is the snapshot's bytes.
#include "base/compress.h"
#include "base/json.h"
#include "control/engine/engine_state.h"
#include "control/engine/pillars.h"
#include "fuzz/fuzz.h"

namespace {

using namespace fulcrum;
namespace json = base::json;

std::string snapshot_text(const control::EngineState& state) {
  return *base::decompress(*state.save(), 1 << 20);
}

}  // namespace

FUZZ(snapshot) {
  static control::EngineState state(control::make_pillars(), nullptr);
  static const std::string empty = snapshot_text(state);
  std::string body(input);
  if (const auto states = base::parse_json(input, "states"); states && states->is_object()) {
    auto whole = base::parse_json(empty, "snapshot").value();
    auto& inner = whole.get_object()["states"].get_object();
    for (const auto& [pillar, given] : states->get_object()) inner[pillar] = given;
    body = *base::compress(base::to_text(whole));
  }
  const auto store = ledger::open_memory_store({});
  fuzz::must(store->save_snapshot({.seq = 0, .body = body}).has_value(), "the store keeps it");
  std::vector<std::string> erased;
  fuzz::must(state.load(*store, erased).has_value(), "a bad snapshot is dropped, not an error");
  const auto kept = store->snapshot();
  const std::string restored = snapshot_text(state);
  if (!kept || !*kept) return fuzz::must(restored == empty, "a dropped snapshot leaves nothing");
  fuzz::must(store->save_snapshot({.seq = 0, .body = *base::compress(restored)}).has_value(),
             "the store keeps it");
  fuzz::must(state.load(*store, erased).has_value() && snapshot_text(state) == restored,
             "a restored state is saved as the same state");
}
