#include "data/dedup/document_store.h"

#include <fmt/format.h>

namespace fulcrum::data::dedup {

base::Status DocumentStore::add(const std::vector<Shingle>& shingles, std::size_t begin,
                                std::uint32_t count, std::uint32_t text_bytes) {
  const StoredDocument entry{shingles_.bytes() / sizeof(Shingle), count, text_bytes};
  CHECK_OK(documents_.append(&entry, sizeof entry));
  return shingles_.append(shingles.data() + begin, count * sizeof(Shingle));
}

base::Status DocumentStore::flush() {
  CHECK_OK(documents_.flush());
  return shingles_.flush();
}

base::Status DocumentStore::sync() {
  CHECK_OK(documents_.sync());
  return shingles_.sync();
}

base::Status DocumentStore::read(Document document, std::vector<Shingle>& set) const {
  StoredDocument entry;
  CHECK_OK(documents_.read_at(std::uint64_t{document} * sizeof entry, &entry, sizeof entry));
  const std::uint64_t all = shingles_.bytes() / sizeof(Shingle);
  if (entry.first > all || entry.shingles > all - entry.first)
    return base::failed("index.damaged",
                        fmt::format("{}: document {} points outside of the shingles",
                                    documents_.path().string(), document),
                        "restore the index from a copy, or make it anew");
  set.resize(entry.shingles);
  CHECK_OK(
      shingles_.read_at(entry.first * sizeof(Shingle), set.data(), set.size() * sizeof(Shingle)));
  make_set(set);
  return {};
}

}  // namespace fulcrum::data::dedup
