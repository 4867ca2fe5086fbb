// data/versions: what a store hands back (packs, pages, records, caches) and what tables hold.
#include <algorithm>

#include "data/versions/pack.h"
#include "data/versions/record.h"
#include "data/versions/stat_cache.h"
#include "data/versions/table_info.h"
#include "data/versions/tree.h"
#include "fuzz/fuzz.h"

namespace {

using namespace fulcrum;
using namespace fulcrum::data::versions;

void read_as_pack(std::string_view input) {
  if (input.size() < kPackHeadBytes + kPackFooterBytes) return;
  const auto footer = read_pack_footer(input.substr(input.size() - kPackFooterBytes), input.size());
  if (!footer) return;
  const auto index = input.substr(footer->index_offset, footer->count * kPackEntryBytes);
  const auto chunks = read_pack_index(index, *footer);
  if (!chunks) {
    // A hash over the index stands before everything else: try what lies behind it as well.
    PackFooter right = *footer;
    right.index_hash = base::sha256(index);
    const auto unguarded = read_pack_index(index, right);
    if (!unguarded) return;
    for (const auto& chunk : *unguarded)
      (void)raw_form(input.substr(chunk.offset, chunk.stored_bytes), chunk).has_value();
    return;
  }
  for (const auto& chunk : *chunks) {
    const auto raw = raw_form(input.substr(chunk.offset, chunk.stored_bytes), chunk);
    fuzz::must(!raw || base::sha256(*raw) == chunk.id, "bytes are those of their name");
  }
}

void read_as_pages(std::string_view input) {
  if (const auto entries = decode_entries(input)) {
    fuzz::must(encode_entries(*entries) == input, "a page of entries has one form");
    for (const auto& entry : *entries) {
      fuzz::must(check_path(entry.path).has_value(), "paths stay inside");
      (void)decode_table(entry.table).has_value();
    }
  }
  if (const auto branches = decode_branches(input))
    fuzz::must(encode_branches(*branches) == input, "a page of branches has one form");
  if (const auto refs = decode_refs(input))
    fuzz::must(encode_refs(*refs) == input, "a page of refs has one form");
  if (const auto record = decode_record(input))
    fuzz::must(encode_record(*record) == input, "a record has one form");
  const auto known = decode_known(input);
  fuzz::must(known.empty() || encode_known(known) == input, "a cache has one form");
}

void read_as_table(std::string_view input) {
  for (const Records records : {Records::kLines, Records::kCsv}) {
    std::size_t counted = 0, chunked = 0;
    std::string_view rest = input;
    while (take_record(rest, records)) ++counted;
    fuzz::must(rest.empty(), "records take everything");
    for (rest = input; !rest.empty();) {
      const std::size_t size = first_chunk(rest, records);
      fuzz::must(size > 0 && size <= rest.size(), "chunks go forward");
      chunked += count_records(rest.substr(0, size), records).records;
      rest.remove_prefix(size);
    }
    fuzz::must(chunked == counted, "chunks hold whole records");
    SchemaCounter counter(records, ',');
    rest = input;
    if (records == Records::kCsv) {
      const auto header = take_record(rest, records);
      if (!header || !counter.set_header(*header)) continue;
    }
    counter.add(rest);
    const TableInfo info{records, ',', {}, counter.columns()};
    const std::string text = encode_table(info);
    const auto again = decode_table(text);
    fuzz::must(!again || *again == info, "a schema that reads back is the same");
  }
}

}  // namespace

FUZZ(versions) {
  read_as_pack(input);
  read_as_pages(input);
  read_as_table(input);
}
