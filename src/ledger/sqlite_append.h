#pragma once
// The write side of the SQLite store: rows of one group, inside the caller's transaction.
#include <span>

#include "ledger/group.h"
#include "ledger/sqlite.h"

namespace fulcrum::ledger::sqlite {

/// Keeps what is known about names and streams between groups. After a failed transaction call
/// forget(): rows that it counts on are gone.
class Appender {
 public:
  explicit Appender(Connection& connection) : connection_(connection) {}

  base::Result<std::uint64_t> stream_version(std::string_view stream);
  /// Fails with `ledger.command_repeated`, `ledger.write`, `ledger.disk_full`.
  base::Status write(std::span<const Commit> group, const PreparedGroup& prepared);
  void forget();

 private:
  struct Stream {
    std::int64_t id = 0;  // 0: has no row yet
    std::uint64_t version = 0;
    bool is_changed = false;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  template <class T>
  using ByText = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

  base::Result<Stream*> stream(std::string_view name);
  base::Result<std::int64_t> stream_id(const std::string& name, Stream& stream);
  base::Result<std::int64_t> name_id(const std::string& name);
  base::Result<std::int64_t> write_command(const Commit& commit);
  base::Status write_event(const Event& event, std::int64_t command, const base::Digest& leaf);
  base::Status write_streams();
  base::Status write_tree(const PreparedGroup& prepared);

  Connection& connection_;
  Statement* insert_command_ = nullptr;  // looked up once; the connection owns them
  Statement* insert_event_ = nullptr;
  ByText<std::int64_t> names_;
  ByText<Stream> streams_;
  std::vector<std::pair<const std::string*, Stream*>> changed_;
};

}  // namespace fulcrum::ledger::sqlite
