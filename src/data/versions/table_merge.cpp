#include "data/versions/table_merge.h"

#include <algorithm>
#include <set>
#include <unordered_set>

namespace fulcrum::data::versions {

namespace {

using Cell = std::optional<std::string>;

Cell cell(const std::optional<Cells>& row, const std::string& column) {
  if (!row) return std::nullopt;
  const auto found = row->find(column);
  if (found == row->end()) return std::nullopt;
  return found->second;
}

bool has_column(const TableInfo& info, const std::string& name) {
  return std::any_of(info.columns.begin(), info.columns.end(),
                     [&](const TableColumn& column) { return column.name == name; });
}

/// What theirs did to the row of a key.
struct RowWork {
  std::optional<Cells> before, after;
};

class Merge {
 public:
  Merge(std::string path, TableInfo base, TableInfo ours, TableInfo theirs,
        const std::vector<std::string>& key, Prefer prefer,
        const std::function<base::Status(std::string_view)>& write)
      : path_(std::move(path)),
        base_(row_form(base, key)),
        ours_(row_form(ours, key)),
        theirs_(row_form(theirs, key)),
        prefer_(prefer),
        write_(write) {
    for (const auto& column : ours_.info.columns)
      if (!has_column(base_.info, column.name) || has_column(theirs_.info, column.name))
        columns_.push_back(column.name);
    for (const auto& column : theirs_.info.columns)
      if (!has_column(base_.info, column.name) && !has_column(ours_.info, column.name))
        columns_.push_back(column.name);
    same_columns_ = columns_.size() == ours_.info.columns.size();
    for (std::size_t i = 0; same_columns_ && i < columns_.size(); ++i)
      same_columns_ = columns_[i] == ours_.info.columns[i].name;
  }

  void learn(const DifferingRows& rows) {
    const RowIndex before(base_, rows.before), after(theirs_, rows.after);
    for (const std::string* key : after.order()) {
      const auto& fresh = after.rows().at(*key);
      const auto old = before.rows().find(*key);
      if (fresh.size() > 1) note_duplicate(*key);
      if (old != before.rows().end() && old->second.front() == fresh.front()) continue;
      RowWork work{{}, cells_of(theirs_, fresh.front())};
      if (old != before.rows().end()) work.before = cells_of(base_, old->second.front());
      if (work.after) {
        order_.push_back(*key);
        work_.emplace(*key, std::move(work));
      } else {
        misfits_.emplace_back(fresh.front());
      }
    }
    for (const std::string* key : before.order()) {
      const auto& old = before.rows().at(*key);
      if (old.size() > 1) note_duplicate(*key);
      if (after.rows().contains(*key)) continue;
      work_.emplace(*key, RowWork{cells_of(base_, old.front()), {}});
      order_.push_back(*key);
    }
  }

  /// A record of ours, in order; the header first where there is one.
  base::Status take(std::string_view record, bool is_header) {
    if (is_header) {
      if (!same_columns_) return put(header());
      return put(record);
    }
    const std::string key = key_of(ours_, record);
    const auto found = work_.find(key);
    if (found == work_.end()) {
      if (same_columns_ || ours_.info.records == Records::kLines) {
        if (same_columns_ || !loses_columns(record)) return put(record);
      }
      const auto cells = cells_of(ours_, record);
      return put(cells ? row(*cells, record) : std::string(record));
    }
    if (!seen_.insert(key).second) {
      note_duplicate(key);
      return put(record);
    }
    return merge_row(key, found->second, record);
  }

  base::Status finish() {
    for (const std::string& key : order_) {
      if (seen_.contains(key)) continue;
      const RowWork& work = work_.at(key);
      if (!work.after) continue;  // both removed it
      if (work.before && !is_changed(*work.before, *work.after, theirs_.info)) continue;
      if (work.before) {  // ours removed what theirs changed
        if (!settle({path_, "row", key, {}, text_of(work.before), {}, text_of(work.after)}))
          continue;
        if (prefer_ != Prefer::kTheirs) continue;
      }
      ++result_.rows_taken;
      CHECK_OK(put(row(*work.after, {})));
    }
    for (const auto& record : misfits_) CHECK_OK(put(record));
    return {};
  }

  void set_line_end(std::string_view line_end) { line_end_ = line_end; }
  TableMerge take_result() { return std::move(result_); }

 private:
  /// Conflicts beyond this are counted by nobody: the list says enough.
  static constexpr std::size_t kMaxConflicts = 10'000;

  /// False when it stays a conflict.
  bool settle(Conflict conflict) {
    if (prefer_ != Prefer::kNeither) {
      ++result_.conflicts_resolved;
      return true;
    }
    if (result_.conflicts.size() < kMaxConflicts) result_.conflicts.push_back(std::move(conflict));
    return false;
  }
  void note_duplicate(const std::string& key) {
    if (!key.empty() && key.front() == kWholeRecord) return;
    if (result_.conflicts.size() < kMaxConflicts)
      result_.conflicts.push_back({path_, "duplicate_key", key, {}, {}, {}, {}});
  }
  static Cell text_of(const std::optional<Cells>& row) {
    if (!row) return std::nullopt;
    std::string text;
    for (const auto& [name, value] : *row) text += (text.empty() ? "" : ", ") + name + "=" + value;
    return text;
  }
  /// In the columns that both have: a new or lost column changes no row.
  bool is_changed(const Cells& before, const Cells& after, const TableInfo& after_info) const {
    for (const auto& column : base_.info.columns)
      if (has_column(after_info, column.name) &&
          cell(before, column.name) != cell(after, column.name))
        return true;
    return false;
  }
  bool loses_columns(std::string_view record) const {
    const auto cells = cells_of(ours_, record);
    return cells && std::any_of(cells->begin(), cells->end(), [&](const auto& item) {
             return std::find(columns_.begin(), columns_.end(), item.first) == columns_.end();
           });
  }

  base::Status merge_row(const std::string& key, const RowWork& work, std::string_view record) {
    const auto ours = cells_of(ours_, record);
    if (!ours) return put(record);
    if (!work.after) {
      if (!work.before || !is_changed(*work.before, *ours, ours_.info)) {
        ++result_.rows_taken;
        return {};  // removed
      }
      settle({path_, "row", key, {}, text_of(work.before), text_of(ours), {}});
      return prefer_ == Prefer::kTheirs ? base::Status() : put(row(*ours, record));
    }
    Cells merged;
    std::set<std::string> names(columns_.begin(), columns_.end());
    for (const auto* cells : {&*ours, &*work.after})
      for (const auto& item : *cells) names.insert(item.first);
    for (const auto& name : names) {
      const Cell base = cell(work.before, name), mine = cell(ours, name),
                 other = cell(work.after, name);
      Cell chosen = mine;
      if (mine == base)
        chosen = other;
      else if (other != base && other != mine &&
               settle({path_, "cell", key, name, base, mine, other}) && prefer_ == Prefer::kTheirs)
        chosen = other;
      if (chosen) merged.emplace(name, std::move(*chosen));
    }
    result_.rows_taken += merged != *ours;
    if (merged == *ours && same_columns_) return put(record);
    return put(row(merged, record));
  }

  std::string header() const {
    std::string text;
    for (const auto& name : columns_)
      text += (text.empty() ? "" : std::string(1, ours_.info.delimiter)) +
              csv_field(name, ours_.info.delimiter);
    return text;
  }

  /// JSONL: members in the order of `like`, then the others by name.
  std::string row(const Cells& cells, std::string_view like) const {
    std::string text;
    if (ours_.info.records == Records::kCsv) {
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (i > 0) text += ours_.info.delimiter;
        text += csv_field(cell(cells, columns_[i]).value_or(""), ours_.info.delimiter);
      }
      return text;
    }
    std::vector<std::pair<std::string_view, std::string_view>> members;
    (void)split_json(like, members);
    std::vector<std::string> order;
    for (const auto& [name, value] : members) order.emplace_back(name);
    for (const auto& item : cells)
      if (std::find(order.begin(), order.end(), item.first) == order.end())
        order.push_back(item.first);
    for (const auto& name : order) {
      const auto value = cell(cells, name);
      const bool is_dropped = has_column(base_.info, name) && !has_column(theirs_.info, name);
      if (!value || is_dropped) continue;
      text += (text.empty() ? "{\"" : ",\"") + name + "\":" + *value;
    }
    return text.empty() ? "{}" : text + "}";
  }

  base::Status put(std::string_view record) {
    buffer_.assign(record);
    buffer_ += line_end_;
    return write_(buffer_);
  }

  std::string path_;
  RowForm base_, ours_, theirs_;
  Prefer prefer_;
  const std::function<base::Status(std::string_view)>& write_;
  std::vector<std::string> columns_;
  bool same_columns_ = true;
  std::unordered_map<std::string, RowWork> work_;
  std::vector<std::string> order_, misfits_;
  std::unordered_set<std::string> seen_;  // keys of work_ that ours has
  std::string line_end_ = "\n", buffer_;
  TableMerge result_;
};

}  // namespace

std::optional<std::vector<std::string>> merge_key(const Entry& base, const Entry& ours,
                                                  const Entry& theirs,
                                                  const std::vector<std::string>& asked) {
  const auto b = decode_table(base.table), o = decode_table(ours.table),
             t = decode_table(theirs.table);
  if (!b || !o || !t || b->records != o->records || o->records != t->records) return std::nullopt;
  for (const auto& key : {asked, o->key, t->key, b->key, std::vector<std::string>{"id"}})
    if (has_columns(*b, key) && has_columns(*o, key) && has_columns(*t, key)) return key;
  return std::nullopt;
}

base::Result<TableMerge> merge_tables(const ChunkStore& chunks, const Entry& base,
                                      const Entry& ours, const Entry& theirs,
                                      const std::vector<std::string>& key, Prefer prefer,
                                      const std::function<base::Status(std::string_view)>& write) {
  const auto b = decode_table(base.table), o = decode_table(ours.table),
             t = decode_table(theirs.table);
  Merge work(ours.path, *b, *o, *t, key, prefer, write);
  TRY(const DifferingRows rows, differing_rows(chunks, base, *b, theirs, *t));
  work.learn(rows);
  bool is_header = o->records == Records::kCsv;
  CHECK_OK(read_content(chunks, ours, [&](std::string_view part) -> base::Status {
    while (const auto record = take_record(part, o->records)) {
      if (is_header && record->data() + record->size() < part.data() &&
          record->data()[record->size()] == '\r')
        work.set_line_end("\r\n");
      CHECK_OK(work.take(*record, is_header));
      is_header = false;
    }
    return {};
  }));
  CHECK_OK(work.finish());
  return work.take_result();
}

}  // namespace fulcrum::data::versions
