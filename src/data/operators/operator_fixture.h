#pragma once
// One operator over one record, for tests.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "data/operators/operator.h"
#include "data/records/json_line.h"

namespace fulcrum::data {

/// An operator with settings given as JSON, and what it did last.
class Tried {
 public:
  explicit Tried(std::string_view name, std::string_view settings = "{}",
                 std::string language = "auto")
      : item_(fields_, std::move(language)) {
    auto made = make_operator(name, *base::parse_json(settings, "test"), "step");
    EXPECT_TRUE(made) << base::describe(made.error());
    if (made) op_ = std::move(*made);
  }

  /// "keep", "drop RULE", "change RULE RULE".
  std::string text(std::string_view text) {
    record_.reset();
    record_.set_text("id", "record");
    record_.set_text("text", text);
    return apply();
  }
  std::string json(std::string line) {
    line_ = std::move(line);
    const std::size_t size = line_.size();
    line_.append(kLinePaddingBytes, ' ');
    EXPECT_TRUE(parser_.parse(std::string_view(line_).substr(0, size), record_));
    return apply();
  }
  std::string after() { return std::string(item_.text()); }
  std::string written() {
    std::string out;
    record_.append_json(out);
    return out;
  }
  Item& item() { return item_; }
  const Operator& op() const { return *op_; }

 private:
  std::string apply() {
    item_.begin(record_);
    const Verdict verdict = op_->apply(item_);
    if (verdict.kind == Verdict::Kind::kKeep) return "keep";
    const auto rules = op_->rules();
    std::string out = (verdict.is_drop() ? "drop " : "change ") + rules.at(verdict.rule);
    for (std::size_t i = 0; i < 64; ++i)
      if (verdict.more >> i & 1) out += " " + rules.at(i);
    return out;
  }

  FieldNames fields_;
  Item item_;
  Record record_;
  std::string line_;
  JsonLineParser parser_;
  std::unique_ptr<Operator> op_;
};

/// The error's code where an operator cannot be made.
inline std::string refusal(std::string_view name, std::string_view settings) {
  const auto made = make_operator(name, *base::parse_json(settings, "test"), "step");
  return made ? "" : made.error().code;
}

}  // namespace fulcrum::data
