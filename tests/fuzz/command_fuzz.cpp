// Commands and queries of every pillar, as a front hands them over. Each line:
// {"command":"NAME","body":{…}} or {"query":"NAME","body":{…}}.
#include <map>

#include "base/ids.h"
#include "base/json.h"
#include "control/engine/pillars.h"
#include "fuzz/fuzz.h"
#include "ledger/store.h"

namespace {

using namespace fulcrum;
namespace json = base::json;
using Pillars = std::vector<std::unique_ptr<ledger::Pillar>>;

template <class Specs>
bool has(const Specs& specs, std::string_view name) {
  for (const auto& spec : specs)
    if (spec.name == name) return true;
  return false;
}

class World {
 public:
  World() : pillars_(control::make_pillars()) {
    store_ = ledger::open_memory_store({.tables = control::all_tables(pillars_), .sign = {}});
  }

  void command(std::string_view name, const json::value& body) {
    for (const auto& pillar : pillars_) {
      if (!has(pillar->commands(), name)) continue;
      const ledger::Context context{.now_us = ++now_us_,
                                    .actor = "member/fuzz",
                                    .role = ledger::Role::kOwner,
                                    .ids = &ids_,
                                    .random = &random_};
      const auto events = pillar->decide(name, body, context);
      if (events)
        append(*events);
      else
        fuzz::must(!events.error().code.empty(), "a refusal has a code");
    }
  }

  void query(std::string_view name, const json::value& body) const {
    for (const auto& pillar : pillars_)
      if (has(pillar->queries(), name))
        (void)pillar->answer(name, body, store_->tables()).has_value();
  }

  /// The states as snapshots keep them.
  void check_states() const {
    const Pillars copies = control::make_pillars();
    for (std::size_t i = 0; i < pillars_.size(); ++i) {
      const auto saved = pillars_[i]->save();
      fuzz::must(copies[i]->restore(saved).has_value(), "a state can be restored");
      fuzz::must(base::to_text(copies[i]->save()) == base::to_text(saved),
                 "a restored state is the same");
    }
  }

 private:
  void append(const ledger::NewEvents& events) {
    ledger::Commit commit{.command_id = std::to_string(++commands_), .reply = "{}", .events = {}};
    std::map<std::string, std::uint64_t> versions;
    for (const auto& event : events) {
      auto [version, fresh] = versions.try_emplace(event.stream, 0);
      if (fresh) version->second = store_->stream_version(event.stream).value_or(0);
      commit.events.push_back({.seq = store_->size() + commit.events.size() + 1,
                               .time_us = now_us_,
                               .stream = event.stream,
                               .version = ++version->second,
                               .kind = event.kind,
                               .actor = "member/fuzz",
                               .command_id = commit.command_id,
                               .payload = event.payload});
    }
    const auto status = store_->append(
        std::span(&commit, 1),
        [&](const ledger::Event& event, const json::value& payload, ledger::TableWriter& tables) {
          for (const auto& pillar : pillars_) pillar->project(event, payload, tables);
        });
    fuzz::must(status.has_value(), "a decision can be appended");
    for (const auto& event : commit.events) {
      const auto payload = base::parse_json(event.payload, "payload");
      fuzz::must(payload.has_value(), "a payload can be replayed");
      for (const auto& pillar : pillars_) pillar->evolve(event, *payload);
    }
  }

  Pillars pillars_;
  std::unique_ptr<ledger::Store> store_;
  base::IdSource ids_{1};
  base::Random random_{1};
  std::int64_t now_us_ = 1'700'000'000'000'000;
  int commands_ = 0;
};

}  // namespace

FUZZ(command) {
  World world;
  for (int lines = 0; !input.empty() && lines < 20; ++lines) {
    const auto line = base::parse_json(fuzz::take_line(input), "line");
    if (!line) continue;
    const auto* body = base::find_path(*line, "body");
    if (!body || !body->is_object()) continue;
    world.command(base::get_string(*line, "command"), *body);
    world.query(base::get_string(*line, "query"), *body);
  }
  world.check_states();
}
