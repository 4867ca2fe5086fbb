#pragma once
// A growing rows.jsonl with a checkpoint beside it: after a kill the file is cut back to the last
// checkpoint and goes on from there.
#include <filesystem>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace fulcrum::data {

class RowFile {
 public:
  /// Opens (or creates) raw/rows.jsonl and cuts it to what work/checkpoint.json vouches for.
  static base::Result<RowFile> open(const std::filesystem::path& raw,
                                    const std::filesystem::path& work);
  RowFile(RowFile&& other) noexcept;
  RowFile& operator=(RowFile&&) = delete;
  ~RowFile();

  base::Status append(const base::json::value& row);
  /// Rows so far and the source's own `state` survive a kill from here on.
  base::Status checkpoint(const base::json::object& state);
  /// The state of the last checkpoint; null at the start.
  const base::json::value& state() const { return state_; }
  std::int64_t records() const { return records_; }

 private:
  RowFile() = default;
  base::Status flush();
  int file_ = -1;
  std::filesystem::path path_, checkpoint_path_;
  std::string pending_;
  std::int64_t bytes_ = 0, records_ = 0;
  base::json::value state_;
};

}  // namespace fulcrum::data
