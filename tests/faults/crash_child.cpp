// An engine to be killed. Usage: faults_crash_child HOME. Prints "ready EVENTS NOTES", then reads
// lines "KEY TEXT", submits each as a note with that idempotency key, and prints "ok KEY SEQ" when
// it is durable or "failed KEY CODE".
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <mutex>
#include <string>

#include "control/engine/engine.h"
#include "team/pillar.h"
#include "trust/signer.h"

using namespace fulcrum;

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const std::filesystem::path home = arguments[1];
  const auto key = trust::open_ledger_key(home / "keys");
  if (!key) return fmt::print(stderr, "{}\n", base::describe(key.error())), 1;
  std::vector<std::unique_ptr<ledger::Pillar>> pillars;
  pillars.push_back(team::make_pillar());
  auto store =
      ledger::open_sqlite_store((home / "ledger.db").string(), {pillars[0]->tables(), key->sign});
  if (!store) return fmt::print(stderr, "{}\n", base::describe(store.error())), 1;
  control::EngineOptions options;
  options.snapshot_every_events = 64;
  auto engine = control::open_engine(std::move(pillars), std::move(*store), nullptr, options);
  if (!engine) return fmt::print(stderr, "{}\n", base::describe(engine.error())), 1;

  std::mutex out;
  (*engine)->with_pillar("team", [&](const ledger::Pillar& team) {
    std::cout << fmt::format("ready {} {}\n", (*engine)->store().size(), team::state_of(team).notes)
              << std::flush;
  });
  std::string line;
  while (std::getline(std::cin, line)) {
    const auto space = line.find(' ');
    const std::string id = line.substr(0, space);
    (*engine)->submit_async(
        {"note.add", base::json::object{{"subject", "crash"}, {"text", line.substr(space + 1)}},
         "member/m", ledger::Role::kMember, id},
        [&out, id](base::Result<control::CommandReply> reply) {
          const std::lock_guard lock(out);
          if (reply) {
            std::cout << fmt::format("ok {} {}\n", id, reply->seq) << std::flush;
          } else {
            std::cout << fmt::format("failed {} {}\n", id, reply.error().code) << std::flush;
          }
        });
  }
  return 0;
}
