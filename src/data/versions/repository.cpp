#include "data/versions/repository.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <queue>
#include <set>
#include <thread>

#include "base/json.h"

namespace fulcrum::data::versions {

namespace {

std::optional<Digest> digest_of(const std::string& name) {
  if (!is_version_name(name)) return std::nullopt;
  const auto bytes = base::from_hex(name);
  Digest digest{};
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}

base::Failure unknown(const std::string& dataset, const std::string& what) {
  return base::not_found("version.unknown",
                         fmt::format("{} has no branch, tag or version \"{}\"", dataset, what),
                         "`fulcrum data log` and `fulcrum data branch` list them");
}

/// Takes "~N" off the end; 0 without one.
base::Result<std::uint64_t> take_steps(std::string& what) {
  const auto tilde = what.rfind('~');
  if (tilde == std::string::npos) return std::uint64_t{0};
  std::uint64_t steps = 0;
  const char* end = what.data() + what.size();
  const auto read = std::from_chars(what.data() + tilde + 1, end, steps);
  if (read.ec != std::errc() || read.ptr != end)
    return base::usage("version.name", fmt::format("\"{}\" does not say how far back", what), {},
                       "write main~2");
  what.resize(tilde);
  return steps;
}

}  // namespace

base::Result<std::unique_ptr<Repository>> Repository::open(std::unique_ptr<objects::Blobs> blobs,
                                                           RepositoryOptions options) {
  if (options.threads == 0) options.threads = std::max(1U, std::thread::hardware_concurrency());
  std::unique_ptr<Repository> repository(new Repository(std::move(blobs), std::move(options)));
  TRY(const auto condemned, repository->condemned());
  std::set<std::string> names;
  for (const auto& one : condemned) names.insert(one.pack);
  TRY(repository->chunks_,
      ChunkStore::open(*repository->blobs_, std::move(names), repository->options_.pack_bytes));
  return repository;
}

base::Result<VersionRecord> Repository::version(const std::string& name) const {
  const auto id = digest_of(name);
  if (!id || !chunks_->contains(*id))
    return base::not_found("version.unknown", "there is no version " + name,
                           "`fulcrum data log` lists them");
  TRY(const std::string text, chunks_->get(*id));
  return decode_record(text);
}

base::Result<std::string> Repository::find(const std::string& dataset,
                                           const std::string& what) const {
  TRY(const auto refs, refs_.list(dataset));
  if (refs.empty())
    return base::not_found("version.dataset", fmt::format("there is no dataset \"{}\"", dataset),
                           "`fulcrum data log` lists them; `fulcrum data commit` begins one");
  const std::string wanted = what.empty() ? "main" : what;
  for (const auto& ref : refs)
    if (ref.name == wanted) return ref.version;
  if (is_version_name(what)) return what;
  if (what.size() < 4 || what.find_first_not_of("0123456789abcdef") != std::string::npos)
    return unknown(dataset, wanted);
  std::set<std::string> found;
  for (const auto& ref : refs) {
    TRY(const auto versions, history(ref.version));
    for (const auto& version : versions)
      if (version.name.starts_with(what)) found.insert(version.name);
  }
  if (found.empty()) return unknown(dataset, what);
  if (found.size() > 1)
    return base::usage("version.ambiguous",
                       fmt::format("{} is the beginning of {} versions", what, found.size()), {},
                       "give more digits");
  return *found.begin();
}

base::Result<Version> Repository::resolve(const std::string& dataset,
                                          const std::string& what) const {
  std::string rest = what;
  TRY(std::uint64_t steps, take_steps(rest));
  Version result;
  TRY(result.name, find(dataset, rest));
  TRY(result.record, version(result.name));
  for (; steps > 0; --steps) {
    if (result.record.parents.empty()) return unknown(dataset, what);
    result.name = result.record.parents.front();
    TRY(result.record, version(result.name));
  }
  return result;
}

base::Result<std::vector<Version>> Repository::history(const std::string& name,
                                                       std::size_t limit) const {
  const auto is_older = [](const std::pair<std::int64_t, Version>& a,
                           const std::pair<std::int64_t, Version>& b) {
    return a.first != b.first ? a.first < b.first : a.second.name < b.second.name;
  };
  std::priority_queue<std::pair<std::int64_t, Version>,
                      std::vector<std::pair<std::int64_t, Version>>, decltype(is_older)>
      waiting(is_older);
  std::set<std::string> seen{name};
  TRY(auto first, version(name));
  const auto time_us = first.time_us;
  waiting.emplace(time_us, Version{name, std::move(first)});
  std::vector<Version> found;
  while (!waiting.empty() && (limit == 0 || found.size() < limit)) {
    const auto next_us = waiting.top().first;
    Version next = waiting.top().second;
    waiting.pop();
    for (const auto& parent : next.record.parents)
      if (seen.insert(parent).second) {
        TRY(auto record, version(parent));
        // A clock that went back must not bring a parent before its child.
        const auto at_us = std::min(record.time_us, next_us - 1);
        waiting.emplace(at_us, Version{parent, std::move(record)});
      }
    found.push_back(std::move(next));
  }
  return found;
}

base::Status Repository::publish(const RefState& before, const std::string& version,
                                 std::int64_t time_us, const std::string& author) {
  CHECK_OK(chunks_->flush());
  const auto relied_on = chunks_->packs_relied_on();
  TRY(const auto now_condemned, condemned());
  for (const auto& one : now_condemned)
    if (options_.clock && relied_on.contains(one.pack) &&
        options_.clock->now_us() > one.time_us + one.grace_us / 2)
      return base::conflict("version.too_slow",
                            "this took so long that what it builds on is about to be removed",
                            "run it again: what is stored already is not stored twice");
  return refs_.move(before, version, time_us, author);
}

base::Result<std::vector<Condemned>> Repository::condemned() const {
  TRY(const auto lists, blobs_->list("gc/condemned/"));
  std::vector<Condemned> all;
  for (const auto& list : lists) {
    const auto text = blobs_->get(list.name);
    if (!text && text.error().code == "blob.missing") continue;  // that collection has ended
    if (!text) return base::Failure(text.error());
    TRY(const auto value, base::parse_json(*text, list.name));
    const auto* packs = base::find_path(value, "packs");
    if (!packs || !packs->is_array()) continue;
    for (const auto& pack : packs->get_array())
      if (pack.is_string())
        all.push_back({std::string(pack.get_string()), base::get_integer(value, "time_us"),
                       base::get_integer(value, "grace_us")});
  }
  return all;
}

}  // namespace fulcrum::data::versions
