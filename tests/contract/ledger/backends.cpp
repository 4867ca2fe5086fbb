#include "contract/ledger/backends.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace fulcrum::test {

using enum ledger::ColumnType;
namespace json = base::json;

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "fulcrum-ledger-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) std::abort();
  path_ = pattern;
}
TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string backend_name(Backend backend) {
  return backend == Backend::kMemory ? "memory" : "sqlite";
}

std::unique_ptr<ledger::Store> StoreFixture::open() {
  return open(item_tables());
}

std::unique_ptr<ledger::Store> StoreFixture::open(std::vector<ledger::TableSpec> tables) {
  ledger::StoreOptions options{std::move(tables),
                               [](std::string_view text) { return "signed " + std::string(text); }};
  if (backend_ == Backend::kMemory) return ledger::open_memory_store(std::move(options));
  auto store = ledger::open_sqlite_store(file(), std::move(options));
  EXPECT_TRUE(store.has_value()) << (store ? "" : base::describe(store.error()));
  return store ? std::move(*store) : nullptr;
}

std::vector<ledger::TableSpec> item_tables() {
  return {{.name = "test_items",
           .columns = {{"place", kText},
                       {"name", kText},
                       {"count", kInteger},
                       {"weight", kReal},
                       {"seq", kInteger}},
           .key_columns = 2,
           .indexed = {"count"}},
          {.name = "test_kinds", .columns = {{"kind", kText}, {"events", kInteger}}},
          {.name = "test_log",
           .columns = {{"seq", kInteger}, {"stream", kText}},
           .indexed = {"stream"}}};
}

void project_items(const ledger::Event& event, const json::value& payload,
                   ledger::TableWriter& tables) {
  const auto seen = tables.get("test_kinds", {event.kind});
  const std::int64_t before = seen ? ledger::as_integer((*seen)[1]) : 0;
  tables.upsert("test_kinds", {event.kind, before + 1});
  tables.upsert("test_log", {static_cast<std::int64_t>(event.seq), event.stream});
  const std::string place = base::get_string(payload, "place");
  const std::string name = base::get_string(payload, "name");
  if (event.kind == "item.removed") {
    tables.erase("test_items", {place, name});
  } else {
    tables.upsert("test_items",
                  {place, name, base::get_integer(payload, "count"),
                   base::get_number(payload, "weight"), static_cast<std::int64_t>(event.seq)});
  }
}

ledger::Event Numbering::event(const std::string& command_id, const std::string& stream,
                               const std::string& kind, std::string payload) {
  ++seq_;
  return {seq_,       1'700'000'000'000'000 + static_cast<std::int64_t>(seq_),
          stream,     ++versions_[stream],
          kind,       "member/m1",
          command_id, std::move(payload)};
}

ledger::Commit Numbering::commit(const std::string& command_id, std::size_t events,
                                 std::size_t streams) {
  ledger::Commit commit{command_id, fmt::format("{{\"command\":\"{}\"}}", command_id), {}, {}};
  for (std::size_t i = 0; i < events; ++i) {
    const std::string payload = fmt::format(
        R"({{"place":"shelf {}","name":"item {}","count":{},"weight":{}.5}})", i % 4, seq_, i, i);
    commit.events.push_back(event(command_id, fmt::format("item/{}", seq_ % streams),
                                  seq_ % 7 == 6 ? "item.moved" : "item.added", payload));
  }
  return commit;
}

std::vector<ledger::Event> all_events(const ledger::Store& store) {
  std::vector<ledger::Event> events;
  const auto status = store.read(1, 0, [&](const ledger::Event& event) {
    events.push_back(event);
    return true;
  });
  EXPECT_TRUE(status.has_value());
  return events;
}

}  // namespace fulcrum::test
