#include "data/commit_command.h"

#include "base/hash.h"
#include "data/types.h"

namespace fulcrum::data {

namespace json = base::json;

json::object commit_command(const std::string& branch, const std::string& version,
                            const versions::VersionRecord& record,
                            const std::vector<versions::Entry>& entries) {
  json::array files;
  if (static_cast<std::size_t>(record.files) <= kListedFiles)
    for (const auto& entry : entries)
      if (entry.kind != versions::EntryKind::kFolder)
        files.push_back(json::object{{"path", entry.path},
                                     {"object", base::to_hex(entry.hash)},
                                     {"bytes", static_cast<std::int64_t>(entry.bytes)},
                                     {"records", static_cast<std::int64_t>(entry.records)}});
  return {{"dataset", record.dataset},
          {"branch", branch},
          {"version", version},
          {"record", versions::encode_record(record)},
          {"files", std::move(files)}};
}

json::object commit_command(const std::string& branch, const versions::CommitResult& done) {
  return commit_command(branch, done.version, done.record, done.entries);
}

}  // namespace fulcrum::data
