#pragma once
// What happened to every record, by rule, with samples. Accounts of parts add up to the account of
// the whole whatever the parts and their order, samples included.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "data/records/format.h"

namespace fulcrum::data {

struct Sample {
  std::uint64_t rank = 0;  // a hash of the place: the smallest ranks are kept
  std::string place;       // FILE:LINE
  std::string id;
  std::string before, after;  // beginnings of the text; after: changed records only
};

struct RuleAccount {
  std::int64_t dropped = 0, changed = 0;
  std::vector<Sample> samples;  // at most kSamples, by rank
};

struct StepAccount {
  std::int64_t records_in = 0;
  std::vector<RuleAccount> rules;  // as the step's rules
};

struct Accounting {
  std::int64_t records_in = 0, records_out = 0, changed = 0, bytes_in = 0;
  RuleAccount bad;  // records that could not be read
  std::vector<StepAccount> steps;

  void add(const Accounting& other);
};

inline constexpr std::size_t kSamples = 10;
inline constexpr std::size_t kSampleBytes = 400;

std::uint64_t sample_rank(std::string_view file, std::uint64_t line);
/// Whether a sample of that rank would be kept; spares making it.
bool wants_sample(const RuleAccount& rule, std::uint64_t rank);
void add_sample(RuleAccount& rule, Sample sample);
/// The beginning of a text, cut between characters.
std::string_view sample_text(std::string_view text, std::size_t most = kSampleBytes);

base::json::value to_json(const Accounting& accounting);
/// Fails with the codec's errors.
base::Result<Accounting> accounting_from(const base::json::value& value);

}  // namespace fulcrum::data
