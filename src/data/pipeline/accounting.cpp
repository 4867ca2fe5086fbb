#include "data/pipeline/accounting.h"

#include <xxhash.h>

#include <algorithm>
#include <boost/describe/class.hpp>

#include "base/codec.h"

namespace fulcrum::data {

BOOST_DESCRIBE_STRUCT(Sample, (), (rank, place, id, before, after))
BOOST_DESCRIBE_STRUCT(RuleAccount, (), (dropped, changed, samples))
BOOST_DESCRIBE_STRUCT(StepAccount, (), (records_in, rules))
BOOST_DESCRIBE_STRUCT(Accounting, (), (records_in, records_out, changed, bytes_in, bad, steps))

namespace {

bool earlier(const Sample& a, const Sample& b) {
  return a.rank != b.rank ? a.rank < b.rank : a.place < b.place;
}

void add_rule(RuleAccount& into, const RuleAccount& other) {
  into.dropped += other.dropped;
  into.changed += other.changed;
  for (const Sample& sample : other.samples) add_sample(into, sample);
}

}  // namespace

std::uint64_t sample_rank(std::string_view file, std::uint64_t line) {
  return XXH3_64bits_withSeed(file.data(), file.size(), line);
}

bool wants_sample(const RuleAccount& rule, std::uint64_t rank) {
  return rule.samples.size() < kSamples || rank <= rule.samples.back().rank;
}

void add_sample(RuleAccount& rule, Sample sample) {
  const auto at = std::lower_bound(rule.samples.begin(), rule.samples.end(), sample, earlier);
  rule.samples.insert(at, std::move(sample));
  if (rule.samples.size() > kSamples) rule.samples.pop_back();
}

std::string_view sample_text(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

void Accounting::add(const Accounting& other) {
  records_in += other.records_in;
  records_out += other.records_out;
  changed += other.changed;
  bytes_in += other.bytes_in;
  add_rule(bad, other.bad);
  if (steps.size() < other.steps.size()) steps.resize(other.steps.size());
  for (std::size_t i = 0; i < other.steps.size(); ++i) {
    StepAccount& step = steps[i];
    const StepAccount& more = other.steps[i];
    step.records_in += more.records_in;
    if (step.rules.size() < more.rules.size()) step.rules.resize(more.rules.size());
    for (std::size_t k = 0; k < more.rules.size(); ++k) add_rule(step.rules[k], more.rules[k]);
  }
}

base::json::value to_json(const Accounting& accounting) {
  return base::encode(accounting);
}

base::Result<Accounting> accounting_from(const base::json::value& value) {
  return base::decode<Accounting>(value, "accounting");
}

}  // namespace fulcrum::data
