#pragma once
// The backends under one suite, and events to feed them.
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "ledger/store.h"

namespace fulcrum::test {

/// A folder of its own, removed with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

enum class Backend { kMemory, kSqlite };
std::string backend_name(Backend backend);

/// A store that can be opened again; the memory twin forgets.
class StoreFixture {
 public:
  explicit StoreFixture(Backend backend) : backend_(backend) {}
  std::unique_ptr<ledger::Store> open();
  std::unique_ptr<ledger::Store> open(std::vector<ledger::TableSpec> tables);
  std::string file() const { return (folder_.path() / "ledger.db").string(); }

 private:
  Backend backend_;
  TemporaryFolder folder_;
};

/// Read models of the suite: items by (place, name), and a count per kind.
std::vector<ledger::TableSpec> item_tables();
void project_items(const ledger::Event& event, const base::json::value& payload,
                   ledger::TableWriter& tables);

/// Numbers events as the engine does.
class Numbering {
 public:
  /// One command with `events` events {"place","name","count"} spread over `streams` streams.
  ledger::Commit commit(const std::string& command_id, std::size_t events, std::size_t streams = 3);
  ledger::Event event(const std::string& command_id, const std::string& stream,
                      const std::string& kind, std::string payload);
  std::uint64_t seq() const { return seq_; }

 private:
  std::uint64_t seq_ = 0;
  std::map<std::string, std::uint64_t> versions_;
};

std::vector<ledger::Event> all_events(const ledger::Store& store);

}  // namespace fulcrum::test
