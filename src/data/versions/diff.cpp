#include "data/versions/diff.h"

#include <algorithm>
#include <set>

namespace fulcrum::data::versions {

namespace {

/// Renamed columns count as the same when this part of their cells agrees, looked at in so many
/// rows.
constexpr double kSameColumn = 0.9;
constexpr std::size_t kRowsLookedAt = 1000;

const TableColumn* column(const TableInfo& info, const std::string& name) {
  for (const auto& one : info.columns)
    if (one.name == name) return &one;
  return nullptr;
}

/// Compares rows of one table.
class TableComparison {
 public:
  TableComparison(TableInfo before, TableInfo after, const DiffOptions& options)
      : before_info_(std::move(before)), after_info_(std::move(after)), options_(options) {
    diff_.key = comparison_key(options.key, before_info_, after_info_);
    diff_.schema = schema_changes(before_info_, after_info_);
  }

  TableDiff run(const DifferingRows& rows) {
    const RowForm old_form = row_form(before_info_, diff_.key),
                  new_form = row_form(after_info_, diff_.key);
    const RowIndex before(old_form, rows.before), after(new_form, rows.after);
    find_renamed(old_form, before, new_form, after);
    for (const std::string* key : after.order()) {
      const auto& fresh = after.rows().at(*key);
      const auto found = before.rows().find(*key);
      const std::size_t old_count = found == before.rows().end() ? 0 : found->second.size();
      diff_.duplicate_keys += !is_whole(*key) && (fresh.size() > 1 || old_count > 1);
      for (std::size_t i = 0; i < fresh.size(); ++i)
        if (i >= old_count)
          add("added", *key, {}, cells_of(new_form, fresh[i]), diff_.rows_added);
        else if (fresh[i] != found->second[i] || !renamed_.empty())
          compare(*key, cells_of(old_form, found->second[i]), cells_of(new_form, fresh[i]));
    }
    for (const std::string* key : before.order()) {
      const auto& old = before.rows().at(*key);
      const auto found = after.rows().find(*key);
      const std::size_t new_count = found == after.rows().end() ? 0 : found->second.size();
      for (std::size_t i = new_count; i < old.size(); ++i)
        add("removed", *key, cells_of(old_form, old[i]), {}, diff_.rows_removed);
    }
    return std::move(diff_);
  }

 private:
  static bool is_whole(const std::string& key) {
    return !key.empty() && key.front() == kWholeRecord;
  }

  void compare(const std::string& key, std::optional<Cells> before, std::optional<Cells> after) {
    if (!before || !after) return;  // named by all of themselves: equal
    for (const auto& [from, to] : renamed_)
      if (auto cell = before->extract(from); !cell.empty()) {
        cell.key() = to;
        before->insert(std::move(cell));
      }
    if (*before != *after) add("changed", key, before, after, diff_.rows_changed);
  }

  void add(const char* change, const std::string& key, const std::optional<Cells>& before,
           const std::optional<Cells>& after, std::uint64_t& count) {
    if (++count > options_.samples) return;
    RowChange row{change, key, {}};
    const Cells none;
    const Cells& old = before ? *before : none;
    const Cells& fresh = after ? *after : none;
    for (const auto& [name, value] : old) {
      const auto found = fresh.find(name);
      if (found == fresh.end())
        row.cells.push_back({name, value, {}});
      else if (found->second != value)
        row.cells.push_back({name, value, found->second});
    }
    for (const auto& [name, value] : fresh)
      if (!old.contains(name)) row.cells.push_back({name, {}, value});
    diff_.samples.push_back(std::move(row));
  }

  /// A removed and an added column, the only ones in their place, whose cells mostly agree.
  void find_renamed(const RowForm& old_form, const RowIndex& before, const RowForm& new_form,
                    const RowIndex& after) {
    for (const auto& gone : before_info_.columns) {
      if (column(after_info_, gone.name)) continue;
      for (const auto& fresh : after_info_.columns) {
        if (column(before_info_, fresh.name) || renamed_to(fresh.name)) continue;
        std::size_t seen = 0, same = 0;
        for (const std::string* key : after.order()) {
          const auto found = before.rows().find(*key);
          if (found == before.rows().end() || is_whole(*key)) continue;
          const auto old = cells_of(old_form, found->second.front());
          const auto now = cells_of(new_form, after.rows().at(*key).front());
          if (!old || !now || !old->contains(gone.name)) continue;
          const auto cell = now->find(fresh.name);
          same += cell != now->end() && cell->second == old->at(gone.name);
          if (++seen == kRowsLookedAt) break;
        }
        if (seen == 0 || static_cast<double>(same) < kSameColumn * static_cast<double>(seen))
          continue;
        renamed_.emplace_back(gone.name, fresh.name);
        std::erase_if(diff_.schema, [&](const SchemaChange& change) {
          return (change.column == gone.name && change.change == "removed") ||
                 (change.column == fresh.name && change.change == "added");
        });
        diff_.schema.push_back({fresh.name, "renamed", gone.name, fresh.name});
        break;
      }
    }
  }
  bool renamed_to(const std::string& name) const {
    return std::any_of(renamed_.begin(), renamed_.end(),
                       [&](const auto& pair) { return pair.second == name; });
  }

  TableInfo before_info_, after_info_;
  const DiffOptions& options_;
  TableDiff diff_;
  std::vector<std::pair<std::string, std::string>> renamed_;
};

base::Result<std::optional<TableDiff>> compare_tables(const ChunkStore& chunks, const Entry& before,
                                                      const Entry& after,
                                                      const DiffOptions& options) {
  if (!options.rows || before.table.empty() || after.table.empty())
    return std::optional<TableDiff>();
  auto old = decode_table(before.table), fresh = decode_table(after.table);
  if (!old || !fresh || old->records != fresh->records) return std::optional<TableDiff>();
  TRY(const DifferingRows rows, differing_rows(chunks, before, *old, after, *fresh));
  return std::optional<TableDiff>(
      TableComparison(std::move(*old), std::move(*fresh), options).run(rows));
}

/// A file that went where another of the same bytes came is one move.
void find_moves(std::vector<FileDiff>& files) {
  std::multimap<Digest, std::size_t> gone;
  for (std::size_t i = 0; i < files.size(); ++i)
    if (files[i].change == "removed" && files[i].before->bytes > 0)
      gone.emplace(files[i].before->hash, i);
  std::set<std::size_t> taken;
  for (auto& file : files) {
    if (file.change != "added" || file.after->kind != EntryKind::kFile) continue;
    const auto found = gone.find(file.after->hash);
    if (found == gone.end()) continue;
    file.change = "moved";
    file.from_path = files[found->second].path;
    file.before = files[found->second].before;
    taken.insert(found->second);
    gone.erase(found);
  }
  std::vector<FileDiff> kept;
  for (std::size_t i = 0; i < files.size(); ++i)
    if (!taken.contains(i)) kept.push_back(std::move(files[i]));
  files = std::move(kept);
}

bool is_same(const Entry& a, const Entry& b) {
  return a.kind == b.kind && a.hash == b.hash && a.bytes == b.bytes &&
         a.is_executable == b.is_executable;
}

}  // namespace

std::vector<std::string> comparison_key(const std::vector<std::string>& asked,
                                        const TableInfo& before, const TableInfo& after) {
  for (const auto& key : {asked, after.key, before.key, std::vector<std::string>{"id"}})
    if (has_columns(before, key) && has_columns(after, key)) return key;
  return {};
}

std::vector<SchemaChange> schema_changes(const TableInfo& before, const TableInfo& after) {
  std::vector<SchemaChange> changes;
  for (const auto& old : before.columns) {
    const TableColumn* fresh = column(after, old.name);
    const std::string from(type_name(old.type));
    if (!fresh) {
      changes.push_back({old.name, "removed", from, {}});
    } else if (fresh->type != old.type) {
      const CellType both = wider(old.type, fresh->type);
      changes.push_back({old.name,
                         both == fresh->type ? "widened"
                         : both == old.type  ? "narrowed"
                                             : "type",
                         from, std::string(type_name(fresh->type))});
    }
  }
  for (const auto& fresh : after.columns)
    if (!column(before, fresh.name))
      changes.push_back({fresh.name, "added", {}, std::string(type_name(fresh.type))});
  return changes;
}

base::Result<std::vector<std::pair<std::string, EntryPair>>> differing_entries(
    const ChunkStore& chunks, const Root& before, const Root& after) {
  std::vector<std::pair<std::string, EntryPair>> pairs;
  if (before.page == after.page) return pairs;
  TRY(const auto old_pages, leaf_pages(chunks, before));
  TRY(const auto new_pages, leaf_pages(chunks, after));
  std::set<Digest> old_ids, new_ids;
  for (const auto& page : old_pages) old_ids.insert(page.page);
  for (const auto& page : new_pages) new_ids.insert(page.page);
  std::map<std::string, EntryPair> found;
  for (const auto& page : old_pages) {
    if (new_ids.contains(page.page)) continue;
    TRY(auto entries, read_page(chunks, page.page));
    for (auto& entry : entries) found[entry.path].before = std::move(entry);
  }
  for (const auto& page : new_pages) {
    if (old_ids.contains(page.page)) continue;
    TRY(auto entries, read_page(chunks, page.page));
    for (auto& entry : entries) {
      auto& pair = found[entry.path];
      pair.after = std::move(entry);
    }
  }
  for (auto& [path, pair] : found)
    if (!pair.before || !pair.after || !is_same(*pair.before, *pair.after))
      pairs.emplace_back(path, std::move(pair));
  return pairs;
}

base::Result<VersionDiff> diff(const Repository& repository, const Root& before, const Root& after,
                               const DiffOptions& options) {
  VersionDiff result;
  TRY(auto pairs, differing_entries(repository.chunks(), before, after));
  for (auto& [path, pair] : pairs) {
    FileDiff file{path, "changed", {}, std::move(pair.before), std::move(pair.after), {}};
    if (!file.before) file.change = "added";
    if (!file.after) file.change = "removed";
    if (file.change == "changed") {
      TRY(file.table, compare_tables(repository.chunks(), *file.before, *file.after, options));
    }
    result.files.push_back(std::move(file));
  }
  find_moves(result.files);
  for (const auto& file : result.files) {
    result.files_added += file.change == "added";
    result.files_removed += file.change == "removed";
    result.files_changed += file.change == "changed";
    result.files_moved += file.change == "moved";
  }
  return result;
}

}  // namespace fulcrum::data::versions
