#include "data/versions/record.h"

#include "base/json.h"

namespace fulcrum::data::versions {

namespace json = base::json;

namespace {

constexpr std::int64_t kFormat = 1;

base::Failure bad_record() {
  return base::failed("version.record", "this is no record of a version",
                      "`fulcrum data verify` says which versions are damaged");
}

}  // namespace

bool is_version_name(std::string_view name) {
  return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string version_name(std::string_view encoded_record) {
  return base::sha256_hex(encoded_record);
}

std::string encode_record(const VersionRecord& record) {
  json::array parents;
  for (const auto& parent : record.parents) parents.push_back(json::string(parent));
  auto made_by = base::parse_json(record.made_by, "made_by");
  return base::to_text(json::object{
      {"version_format", kFormat},
      {"dataset", record.dataset},
      {"tree",
       {{"page", base::to_hex(record.tree.page)},
        {"level", static_cast<std::int64_t>(record.tree.level)},
        {"entries", static_cast<std::int64_t>(record.tree.entries)},
        {"bytes", static_cast<std::int64_t>(record.tree.bytes)},
        {"records", static_cast<std::int64_t>(record.tree.records)}}},
      {"parents", std::move(parents)},
      {"author", record.author},
      {"time_us", record.time_us},
      {"message", record.message},
      {"files", record.files},
      {"records", record.records},
      {"bytes", record.bytes},
      {"made_by", made_by && made_by->is_object() ? std::move(*made_by) : json::value(nullptr)},
      {"content", record.content}});
}

base::Result<VersionRecord> decode_record(std::string_view text) {
  const auto value = base::parse_json(text, "version");
  if (!value || !value->is_object()) return bad_record();
  const auto integer = [&](const char* name) { return base::get_integer(*value, name); };
  VersionRecord record;
  record.dataset = base::get_string(*value, "dataset");
  const auto page = base::from_hex(base::get_string(*value, "tree.page"));
  if (!page || page->size() != record.tree.page.size()) return bad_record();
  std::copy(page->begin(), page->end(), record.tree.page.begin());
  const auto level = integer("tree.level");
  if (level < 0 || level > kMaxLevel) return bad_record();
  record.tree.level = static_cast<std::uint8_t>(level);
  record.tree.entries = static_cast<std::uint64_t>(integer("tree.entries"));
  record.tree.bytes = static_cast<std::uint64_t>(integer("tree.bytes"));
  record.tree.records = static_cast<std::uint64_t>(integer("tree.records"));
  if (const auto* parents = base::find_path(*value, "parents"); parents && parents->is_array())
    for (const auto& parent : parents->get_array()) {
      if (!parent.is_string() || !is_version_name(parent.get_string())) return bad_record();
      record.parents.emplace_back(parent.get_string());
    }
  record.author = base::get_string(*value, "author");
  record.message = base::get_string(*value, "message");
  record.time_us = integer("time_us");
  record.files = integer("files");
  record.records = integer("records");
  record.bytes = integer("bytes");
  if (const auto* made_by = value->get_object().if_contains("made_by");
      made_by && made_by->is_object())
    record.made_by = base::to_text(*made_by);
  record.content = base::get_string(*value, "content");
  if (encode_record(record) != text) return bad_record();
  return record;
}

void ContentHash::add(std::string_view path, std::string_view hash_hex) {
  hash_.update(path);
  hash_.update(std::string_view("\0", 1));
  hash_.update(hash_hex);
  hash_.update("\n");
}

std::string ContentHash::finish() {
  return base::to_hex(hash_.finish());
}

}  // namespace fulcrum::data::versions
