#include "data/versions/refs.h"

#include <fmt/format.h>

#include <charconv>

#include "base/json.h"
#include "base/text_reader.h"
#include "data/versions/record.h"

namespace fulcrum::data::versions {

namespace json = base::json;

namespace {

constexpr std::size_t kKeptSteps = 20;

std::string folder_of(const std::string& dataset, RefKind kind, const std::string& name) {
  return fmt::format("refs/{}/{}/{}/", objects::blob_part(dataset),
                     kind == RefKind::kBranch ? "b" : "t", objects::blob_part(name));
}

base::Failure bad_ref(const std::string& blob) {
  return base::failed("version.ref", "the ref " + blob + " cannot be read",
                      "remove that file: the ref then stands where it stood before");
}

}  // namespace

base::Status check_name(const std::string& name, const std::string& what) {
  bool is_good = !name.empty() && name.size() <= 200 && !base::invalid_utf8(name) &&
                 name.front() != ' ' && name.back() != ' ' && name.front() != '-' &&
                 name.find("..") == std::string::npos;
  for (const char c : name)
    is_good = is_good && c != '@' && static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
  if (is_good) return {};
  return base::usage("version.name", fmt::format("\"{}\" cannot be a name here", name), what,
                     "letters, digits, '-', '_', '.' and '/', at most 200 bytes, no '@'");
}

base::Result<std::map<std::string, std::vector<std::string>>> Refs::logs(
    const std::string& prefix) const {
  TRY(const auto blobs, blobs_.list(prefix));
  std::map<std::string, std::vector<std::string>> logs;
  for (const auto& blob : blobs)
    logs[blob.name.substr(0, blob.name.rfind('/'))].push_back(blob.name);
  return logs;
}

base::Result<RefState> Refs::read(const std::string& blob) const {
  std::vector<std::string_view> parts;
  for (std::string_view rest = blob;;) {
    const auto slash = rest.find('/');
    parts.push_back(rest.substr(0, slash));
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (parts.size() != 5 || (parts[2] != "b" && parts[2] != "t")) return bad_ref(blob);
  RefState state;
  const auto number = parts[4];
  const auto end = std::from_chars(number.data(), number.data() + number.size(), state.number);
  const auto dataset = objects::text_of_blob_part(parts[1]),
             name = objects::text_of_blob_part(parts[3]);
  if (end.ec != std::errc() || end.ptr != number.data() + number.size() || !dataset || !name)
    return bad_ref(blob);
  TRY(const std::string text, blobs_.get(blob));
  const auto value = base::parse_json(text, blob);
  if (!value) return bad_ref(blob);
  state.dataset = *dataset;
  state.kind = parts[2] == "b" ? RefKind::kBranch : RefKind::kTag;
  state.name = *name;
  state.version = base::get_string(*value, "version");
  state.time_us = base::get_integer(*value, "time_us");
  state.author = base::get_string(*value, "author");
  if (!state.version.empty() && !is_version_name(state.version)) return bad_ref(blob);
  return state;
}

base::Result<std::vector<RefState>> Refs::list(const std::string& dataset) const {
  TRY(const auto all,
      logs(dataset.empty() ? "refs/" : "refs/" + objects::blob_part(dataset) + "/"));
  std::vector<RefState> states;
  for (const auto& [folder, blobs] : all) {
    TRY(auto state, read(blobs.back()));
    if (!state.version.empty()) states.push_back(std::move(state));
  }
  return states;
}

base::Result<RefState> Refs::get(const std::string& dataset, RefKind kind,
                                 const std::string& name) const {
  TRY(const auto blobs, blobs_.list(folder_of(dataset, kind, name)));
  if (blobs.empty()) return RefState{dataset, kind, name, {}, 0, {}, 0};
  return read(blobs.back().name);
}

base::Status Refs::move(const RefState& before, const std::string& version, std::int64_t time_us,
                        const std::string& author) {
  CHECK_OK(check_name(before.dataset, "dataset"));
  CHECK_OK(check_name(before.name, before.kind == RefKind::kBranch ? "branch" : "tag"));
  const auto created = blobs_.create(
      folder_of(before.dataset, before.kind, before.name) + fmt::format("{:08}", before.number + 1),
      base::to_text(json::object{{"version", version}, {"time_us", time_us}, {"author", author}}) +
          "\n");
  if (created || created.error().code != "blob.exists") return created;
  return base::conflict(
      "version.moved",
      fmt::format("somebody else moved {}@{} meanwhile", before.dataset, before.name),
      "look at `fulcrum data log`, then run it again");
}

base::Status Refs::trim() {
  TRY(const auto all, logs("refs/"));
  for (const auto& [folder, blobs] : all)
    for (std::size_t i = 0; i + kKeptSteps < blobs.size(); ++i) CHECK_OK(blobs_.remove(blobs[i]));
  return {};
}

}  // namespace fulcrum::data::versions
