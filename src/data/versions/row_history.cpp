#include "data/versions/row_history.h"

#include <fmt/format.h>

#include "base/json.h"

namespace fulcrum::data::versions {

namespace {

struct Found {
  std::optional<Entry> entry;
  std::optional<Cells> cells;
};

class RowSearch {
 public:
  RowSearch(const Repository& repository, const std::string& path, std::vector<std::string> key,
            const std::vector<std::string>& values)
      : repository_(repository), path_(path), key_(std::move(key)), values_(values) {}

  /// Nothing where the version has no such file or row.
  base::Result<Found> in(const VersionRecord& record, const Found& child) const {
    Found found;
    TRY(found.entry, find_entry(repository_.chunks(), record.tree, path_));
    if (!found.entry) return found;
    if (child.entry && child.entry->hash == found.entry->hash) {
      found.cells = child.cells;
      return found;
    }
    const auto info = decode_table(found.entry->table);
    if (!info || !has_columns(*info, key_)) return found;
    const RowForm form = row_form(*info, key_);
    const std::string wanted = joined(*info);
    bool is_header = info->records == Records::kCsv;
    CHECK_OK(read_content(repository_.chunks(), *found.entry,
                          [&](std::string_view part) -> base::Status {
                            while (const auto one = take_record(part, info->records)) {
                              if (!is_header && !found.cells && key_of(form, *one) == wanted)
                                found.cells = cells_of(form, *one);
                              is_header = false;
                            }
                            return {};
                          }));
    return found;
  }

 private:
  /// A text that is no JSON value means the string.
  std::string joined(const TableInfo& info) const {
    std::string key;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (i > 0) key += kKeySeparator;
      const bool is_text = info.records == Records::kLines && !base::parse_json(values_[i], "key");
      key += is_text ? base::to_text(base::json::string(values_[i])) : values_[i];
    }
    return key;
  }
  const Repository& repository_;
  const std::string& path_;
  std::vector<std::string> key_;
  const std::vector<std::string>& values_;
};

std::vector<CellChange> changes(const std::optional<Cells>& before,
                                const std::optional<Cells>& after) {
  std::vector<CellChange> all;
  const Cells none;
  const Cells& old = before ? *before : none;
  const Cells& fresh = after ? *after : none;
  for (const auto& [name, value] : fresh) {
    const auto was = old.find(name);
    if (was == old.end())
      all.push_back({name, {}, value});
    else if (was->second != value)
      all.push_back({name, was->second, value});
  }
  for (const auto& [name, value] : old)
    if (!fresh.contains(name)) all.push_back({name, value, {}});
  return all;
}

}  // namespace

base::Result<RowHistory> row_history(const Repository& repository, const Version& version,
                                     const std::string& path,
                                     const std::vector<std::string>& asked_key,
                                     const std::vector<std::string>& key_values) {
  TRY(const auto entry, find_entry(repository.chunks(), version.record.tree, path));
  if (!entry)
    return base::not_found("version.nothing", fmt::format("the version has no file {}", path),
                           "`fulcrum data ls` lists what it has");
  const auto info = decode_table(entry->table);
  RowHistory history;
  if (info) history.key = comparison_key(asked_key, *info, *info);
  if (history.key.empty() || history.key.size() != key_values.size())
    return base::usage("version.no_key",
                       fmt::format("{} has no key of {} columns", path, key_values.size()), "key",
                       "name its columns when you commit: `fulcrum data commit … --key COLUMN`");
  const RowSearch search(repository, path, history.key, key_values);
  TRY(Found here, search.in(version.record, {}));
  if (!here.cells)
    return base::not_found("version.nothing", fmt::format("{} has no such row", path),
                           "a key of several columns is given in their order");
  history.row = *here.cells;
  Version at = version;
  for (;;) {
    std::optional<Version> next;
    Found before;
    for (const auto& name : at.record.parents) {
      TRY(VersionRecord record, repository.version(name));
      TRY(Found there, search.in(record, here));
      const bool is_same = there.cells == here.cells;
      if (!next || is_same) {
        before = std::move(there);
        next = Version{name, std::move(record)};
      }
      if (is_same) break;
    }
    if (!next || before.cells != here.cells) {
      const char* change = !before.cells ? "added" : !here.cells ? "removed" : "changed";
      history.steps.push_back({at, change, changes(before.cells, here.cells)});
    }
    if (!next || !before.cells) break;
    at = std::move(*next);
    here = std::move(before);
  }
  return history;
}

}  // namespace fulcrum::data::versions
