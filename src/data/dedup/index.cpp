#include "data/dedup/index.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstring>
#include <optional>
#include <set>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/codec.h"
#include "base/files.h"
#include "data/dedup/near_duplicates.h"

namespace fulcrum::data::dedup {

namespace fs = std::filesystem;
namespace json = base::json;

BOOST_DESCRIBE_STRUCT(IndexFile, (), (name, bytes, checksum))
BOOST_DESCRIBE_STRUCT(IndexManifest, (),
                      (settings, generation, documents, shingle_bytes, hashes, bands, clusters))

namespace {

constexpr std::string_view kFormat = "fulcrum dedup index";
constexpr std::int64_t kVersion = 1;
constexpr std::uint64_t kMostDocuments = ~Document{0};

base::Failure damaged(std::string_view what) {
  return base::failed("index.damaged", fmt::format("the index is damaged: {}", what),
                      "restore the index from a copy, or make it anew");
}

/// A file of the folder: no way out of it.
bool is_plain(const std::string& name) {
  return !name.empty() && name.find('/') == std::string::npos && name != "." && name != ".." &&
         name.find('\0') == std::string::npos;
}

base::Result<std::uint64_t> checksum_of(const SpillFile& file) {
  XXH3_state_t state;
  XXH3_64bits_reset(&state);
  std::string buffer(256U << 10, '\0');
  for (std::uint64_t at = 0; at < file.bytes();) {
    const std::size_t size = std::min<std::uint64_t>(buffer.size(), file.bytes() - at);
    CHECK_OK(file.read_at(at, buffer.data(), size));
    XXH3_64bits_update(&state, buffer.data(), size);
    at += size;
  }
  return XXH3_64bits_digest(&state) & ((1ULL << 53) - 1);  // what every JSON reader keeps
}

base::Status check(const IndexManifest& manifest) {
  const std::uint64_t documents = manifest.documents;
  if (documents > kMostDocuments) return damaged("the number of documents");
  if (manifest.shingle_bytes % sizeof(Shingle) != 0) return damaged("the size of the shingles");
  if (manifest.generation == 0) return damaged("the generation");
  for (const IndexFile* file : {&manifest.hashes, &manifest.bands, &manifest.clusters})
    if (!is_plain(file->name)) return damaged("a file's name");
  if (manifest.hashes.bytes % sizeof(HashEntry) != 0 ||
      manifest.bands.bytes % sizeof(BandEntry) != 0 ||
      manifest.clusters.bytes != documents * sizeof(Document))
    return damaged("a file's size");
  return {};
}

/// Opens a file that the manifest names, and looks whether it is that.
base::Result<SpillFile> open_file(const fs::path& folder, const IndexFile& expected) {
  TRY(SpillFile file, SpillFile::open(folder / expected.name));
  if (file.bytes() != expected.bytes) return damaged(expected.name + ": size");
  TRY(const std::uint64_t checksum, checksum_of(file));
  if (checksum != expected.checksum) return damaged(expected.name + ": checksum");
  return file;
}

base::Result<IndexFile> describe(SpillFile& file) {
  CHECK_OK(file.sync());
  TRY(const std::uint64_t checksum, checksum_of(file));
  return IndexFile{file.path().filename().string(), file.bytes(), checksum};
}

}  // namespace

base::Result<IndexManifest> parse_manifest(std::string_view text) {
  auto value = base::parse_json(text, "index.json");
  if (!value || !value->is_object()) return damaged("index.json is no JSON object");
  json::object& object = value->get_object();
  if (base::get_string(object, "format") != kFormat) return damaged("index.json: format");
  if (const auto version = base::get_integer(object, "version"); version != kVersion)
    return base::failed(
        "index.version",
        fmt::format("the index has version {}, this program reads {}", version, kVersion),
        "make the index anew");
  object.erase("format");
  object.erase("version");
  auto manifest = base::decode<IndexManifest>(*value);
  if (!manifest) return damaged(manifest.error().message);
  CHECK_OK(check(*manifest));
  return manifest;
}

std::string manifest_text(const IndexManifest& manifest) {
  json::object object{{"format", kFormat}, {"version", kVersion}};
  const json::value encoded = base::encode(manifest);
  for (const auto& member : encoded.get_object()) object[member.key()] = member.value();
  return base::to_pretty_text(object) + "\n";
}

base::Result<Clusters> parse_clusters(std::string_view bytes, std::uint64_t documents) {
  if (bytes.size() % sizeof(Document) != 0 || bytes.size() / sizeof(Document) != documents)
    return damaged("clusters: size");
  std::vector<Document> first_of(documents);
  if (documents > 0) std::memcpy(first_of.data(), bytes.data(), bytes.size());
  for (std::size_t i = 0; i < first_of.size(); ++i)
    if (first_of[i] > i || first_of[first_of[i]] != first_of[i])
      return damaged(fmt::format("clusters: document {}", i));
  return Clusters(std::move(first_of));
}

struct Index::State {
  fs::path folder;
  int lock = -1;
  bool replaced = false;
  IndexManifest manifest, next;
  std::optional<SpillFile> hashes, bands;  // of the runs before
  std::optional<SpillFile> new_hashes, new_bands;

  ~State() {
    remove_unnamed(replaced ? next : manifest);
    if (lock >= 0) ::close(lock);
  }
  std::string name(const char* kind) const {
    return fmt::format("{}-{}", kind, manifest.generation + 1);
  }
  void remove_unnamed(const IndexManifest& kept) const {
    std::set<std::string> names{"index.json", "lock", kept.hashes.name, kept.bands.name,
                                kept.clusters.name};
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(folder, code)) {
      const std::string found = entry.path().filename().string();
      const bool is_ours = found.starts_with("hashes-") || found.starts_with("bands-") ||
                           found.starts_with("clusters-");
      if (is_ours && !names.contains(found)) fs::remove(entry.path(), code);
    }
  }
};

Index::Index(std::unique_ptr<State> state) : state_(std::move(state)) {}
Index::Index(Index&&) noexcept = default;
Index& Index::operator=(Index&&) noexcept = default;
Index::~Index() = default;

base::Result<Index> Index::open(const fs::path& folder, const std::string& settings) {
  CHECK_OK(base::make_folder(folder));
  const fs::path lock = folder / "lock";
  const int descriptor = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return base::failed("file.write", fmt::format("cannot write {}", lock.string()),
                        "check the permissions");
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    return base::conflict("index.busy",
                          fmt::format("another run works with the index {}", folder.string()),
                          "wait until it has ended");
  }
  IndexManifest manifest;
  manifest.settings = settings;
  const fs::path path = folder / "index.json";
  if (base::file_exists(path)) {
    auto parsed = [&]() -> base::Result<IndexManifest> {
      TRY(const std::string text, base::read_file(path));
      return parse_manifest(text);
    }();
    if (!parsed) {
      ::close(descriptor);
      return base::Failure(std::move(parsed).error());
    }
    manifest = std::move(*parsed);
  }
  // From here on the state's end removes what no manifest names.
  auto state = std::make_unique<State>();
  state->folder = folder;
  state->lock = descriptor;
  state->manifest = std::move(manifest);
  if (state->manifest.settings != settings)
    return base::usage("index.settings",
                       fmt::format("the index was made with: {}; asked for: {}",
                                   state->manifest.settings, settings),
                       "index", "use the settings that the index was made with, or another folder");
  if (state->manifest.generation > 0) {
    TRY(state->hashes, open_file(folder, state->manifest.hashes));
    TRY(state->bands, open_file(folder, state->manifest.bands));
  }
  return Index(std::move(state));
}

base::Result<Clusters> Index::clusters() const {
  if (state_->manifest.generation == 0) return Clusters();
  TRY(const SpillFile file, open_file(state_->folder, state_->manifest.clusters));
  std::string bytes(file.bytes(), '\0');
  CHECK_OK(file.read_at(0, bytes.data(), bytes.size()));
  return parse_clusters(bytes, state_->manifest.documents);
}

base::Result<DocumentStore> Index::documents() const {
  const IndexManifest& manifest = state_->manifest;
  TRY(auto documents,
      SpillFile::extend(state_->folder / "documents", manifest.documents * sizeof(StoredDocument)));
  TRY(auto shingles, SpillFile::extend(state_->folder / "shingles", manifest.shingle_bytes));
  return DocumentStore(std::move(documents), std::move(shingles));
}

const SpillFile* Index::hashes() const {
  return state_->hashes ? &*state_->hashes : nullptr;
}
const SpillFile* Index::bands() const {
  return state_->bands ? &*state_->bands : nullptr;
}

base::Result<SpillFile*> Index::new_hashes() {
  TRY(state_->new_hashes, SpillFile::create(state_->folder / state_->name("hashes")));
  return &*state_->new_hashes;
}

base::Result<SpillFile*> Index::new_bands() {
  TRY(state_->new_bands, SpillFile::create(state_->folder / state_->name("bands")));
  return &*state_->new_bands;
}

base::Status Index::prepare(DocumentStore& store, Clusters& clusters) {
  CHECK_OK(store.sync());
  IndexManifest& next = state_->next;
  next = state_->manifest;
  ++next.generation;
  next.documents = clusters.size();
  next.shingle_bytes = store.shingle_bytes();
  TRY(next.hashes, describe(*state_->new_hashes));
  TRY(next.bands, describe(*state_->new_bands));
  TRY(auto file, SpillFile::create(state_->folder / state_->name("clusters")));
  const auto& first_of = clusters.flatten();
  CHECK_OK(file.append(first_of.data(), first_of.size() * sizeof(Document)));
  TRY(next.clusters, describe(file));
  return {};
}

base::Status Index::replace() {
  CHECK_OK(base::write_file(state_->folder / "index.json", manifest_text(state_->next)));
  state_->replaced = true;
  return {};
}

}  // namespace fulcrum::data::dedup
