#include "data/versions/table_rows.h"

#include <algorithm>

#include "data/versions/tree_store.h"

namespace fulcrum::data::versions {

namespace {

std::vector<std::string> names_of(const TableInfo& info) {
  std::vector<std::string> names;
  for (const auto& column : info.columns) names.push_back(column.name);
  return names;
}

void drop_header(std::string& piece) {
  std::string_view rest = piece;
  (void)take_record(rest, Records::kCsv);
  piece.erase(0, piece.size() - rest.size());
}

/// Chunks of `refs` that `others` lacks, an occurrence for an occurrence; none is taken twice.
base::Result<Pieces> read_missing(const ChunkStore& chunks, const std::vector<Ref>& refs,
                                  const std::vector<Ref>& others, bool has_header) {
  std::unordered_map<Digest, std::size_t, DigestHash> there;
  for (const auto& ref : others) ++there[ref.id];
  Pieces pieces;
  for (std::size_t i = 0; i < refs.size(); ++i) {
    if (const auto found = there.find(refs[i].id); found != there.end() && found->second > 0) {
      --found->second;
      continue;
    }
    TRY(std::string bytes, chunks.get(refs[i].id));
    if (i == 0 && has_header) drop_header(bytes);
    pieces.push_back(std::move(bytes));
  }
  return pieces;
}

base::Result<Pieces> read_all(const ChunkStore& chunks, const Entry& entry, bool has_header) {
  Pieces pieces;
  CHECK_OK(read_content(chunks, entry, [&](std::string_view part) -> base::Status {
    pieces.emplace_back(part);
    return {};
  }));
  if (has_header && !pieces.empty()) drop_header(pieces.front());
  return pieces;
}

bool is_shared_chunk(const Entry& entry) {
  return entry.content.skip != 0 || (entry.content.level == 0 && entry.content.refs.size() == 1 &&
                                     entry.content.refs[0].bytes != entry.bytes);
}

}  // namespace

RowForm row_form(const TableInfo& info, const std::vector<std::string>& key) {
  RowForm form{info, key, {}};
  for (const auto& name : key)
    for (std::size_t i = 0; i < info.columns.size(); ++i)
      if (info.columns[i].name == name) {
        form.key_at.push_back(i);
        break;
      }
  if (form.key_at.size() != key.size()) form.key.clear();
  return form;
}

bool has_columns(const TableInfo& info, const std::vector<std::string>& key) {
  return !key.empty() && row_form(info, key).key_at.size() == key.size();
}

std::optional<Cells> cells_of(const RowForm& form, std::string_view record) {
  Cells cells;
  if (form.info.records == Records::kCsv) {
    std::vector<std::string_view> fields;
    if (!split_csv(record, form.info.delimiter, fields) ||
        fields.size() != form.info.columns.size())
      return std::nullopt;
    for (std::size_t i = 0; i < fields.size(); ++i)
      cells.emplace(form.info.columns[i].name, csv_text(fields[i]));
    return cells;
  }
  std::vector<std::pair<std::string_view, std::string_view>> members;
  if (!split_json(record, members)) return std::nullopt;
  for (const auto& [name, value] : members)
    cells.insert_or_assign(std::string(name), std::string(value));
  return cells;
}

std::string key_of(const RowForm& form, std::string_view record) {
  std::string key;
  std::size_t found = 0;
  if (form.key.empty()) return kWholeRecord + std::string(record);
  if (form.info.records == Records::kCsv) {
    std::vector<std::string_view> fields;
    if (!split_csv(record, form.info.delimiter, fields) ||
        fields.size() != form.info.columns.size())
      return kWholeRecord + std::string(record);
    for (const std::size_t at : form.key_at) {
      if (found++ > 0) key += kKeySeparator;
      key += csv_text(fields[at]);
    }
    return key;
  }
  std::vector<std::pair<std::string_view, std::string_view>> members;
  if (split_json(record, members))
    for (const auto& name : form.key)
      for (const auto& [member, value] : members)
        if (member == name) {
          if (found++ > 0) key += kKeySeparator;
          key += value;
          break;
        }
  if (found != form.key.size()) return kWholeRecord + std::string(record);
  return key;
}

base::Result<DifferingRows> differing_rows(const ChunkStore& chunks, const Entry& before,
                                           const TableInfo& before_info, const Entry& after,
                                           const TableInfo& after_info) {
  DifferingRows rows;
  const bool has_header = after_info.records == Records::kCsv;
  if (is_shared_chunk(before) || is_shared_chunk(after) ||
      (has_header && names_of(before_info) != names_of(after_info))) {
    TRY(rows.before, read_all(chunks, before, has_header));
    TRY(rows.after, read_all(chunks, after, has_header));
    return rows;
  }
  TRY(const auto old_refs, chunk_list(chunks, before.content));
  TRY(const auto new_refs, chunk_list(chunks, after.content));
  TRY(rows.before, read_missing(chunks, old_refs, new_refs, has_header));
  TRY(rows.after, read_missing(chunks, new_refs, old_refs, has_header));
  return rows;
}

RowIndex::RowIndex(const RowForm& form, const Pieces& pieces) {
  for (const std::string& piece : pieces) {
    std::string_view rest = piece;
    while (const auto record = take_record(rest, form.info.records)) {
      const auto [at, is_new] = rows_.try_emplace(key_of(form, *record));
      at->second.push_back(*record);
      if (is_new) order_.push_back(&at->first);
    }
  }
}

}  // namespace fulcrum::data::versions
