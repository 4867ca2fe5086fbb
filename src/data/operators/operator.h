#pragma once
// An operator decides on one record at a time: keep it, change it or drop it, and by which of its
// rules. One file and one line in operators.def each.
#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "data/operators/item.h"

namespace fulcrum::data {

/// Several rules of one operator, by their bits; an operator that needs it has at most 64.
using RuleSet = std::uint64_t;

struct Verdict {
  enum class Kind : std::uint8_t { kKeep, kChange, kDrop } kind = Kind::kKeep;
  std::uint16_t rule = 0;  // index in rules(), the first of several; of no meaning for kKeep
  RuleSet more = 0;        // further rules that changed the record

  static Verdict keep() { return {}; }
  static Verdict change(std::size_t rule) {
    return {Kind::kChange, static_cast<std::uint16_t>(rule)};
  }
  /// Each rule counts the record once; keep() where there is none.
  static Verdict changes(RuleSet rules) {
    if (rules == 0) return keep();
    return {Kind::kChange, static_cast<std::uint16_t>(std::countr_zero(rules)),
            rules & (rules - 1)};
  }
  static Verdict drop(std::size_t rule) { return {Kind::kDrop, static_cast<std::uint16_t>(rule)}; }
  bool is_drop() const { return kind == Kind::kDrop; }
};

class Operator {
 public:
  virtual ~Operator() = default;
  /// Thread-safe: what it needs to remember between calls of one thread lies in the item.
  virtual Verdict apply(Item& item) const = 0;
  /// Names of its rules, each unique in the operator.
  virtual std::vector<std::string> rules() const = 0;
  /// True: it never changes a record, and its verdict depends on the record's content alone. Two
  /// such neighbours may change places.
  virtual bool only_drops() const { return true; }
  /// A text as reports may show it: without what this operator is there to hide. Every step of a
  /// pipeline is asked about every sample.
  virtual std::string shown(std::string_view text) const { return std::string(text); }
};

/// What an operator is and how it is made.
struct OperatorInfo {
  std::string name, summary;
  base::json::value settings;  // every setting with its default
};
std::vector<OperatorInfo> operators();

/// Fails with `operator.unknown`, and with the codec's errors where the settings are wrong; `path`
/// is where they stand.
base::Result<std::unique_ptr<Operator>> make_operator(std::string_view name,
                                                      const base::json::value& settings,
                                                      std::string_view path);

#define OPERATOR(name, summary)                                                          \
  base::Result<std::unique_ptr<Operator>> make_##name(const base::json::value& settings, \
                                                      std::string_view path);            \
  base::json::value name##_defaults();
#include "data/operators/operators.def"
#undef OPERATOR

}  // namespace fulcrum::data
