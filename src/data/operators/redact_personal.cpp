// Personal data in the text is replaced; nothing is dropped.
#include <fmt/format.h>

#include <algorithm>
#include <boost/describe.hpp>

#include "base/codec.h"
#include "data/operators/operator.h"
#include "data/personal/personal_text.h"

namespace fulcrum::data {

BOOST_DESCRIBE_ENUM(RedactionStyle, kLabel, kMask, kHash)

namespace {

struct Settings {
  std::vector<std::string> kinds;  // empty: all
  RedactionStyle style = RedactionStyle::kLabel;
  std::string salt;                 // of style hash
  std::vector<std::string> fields;  // beside the text
};
BOOST_DESCRIBE_STRUCT(Settings, (), (kinds, style, salt, fields))

class RedactPersonal final : public Operator {
 public:
  explicit RedactPersonal(Settings settings)
      : fields_(std::move(settings.fields)),
        redactor_(settings.kinds, settings.style, std::move(settings.salt)) {}

  std::vector<std::string> rules() const override {
    const auto kinds = redaction_kinds();
    return {kinds.begin(), kinds.end()};
  }
  bool only_drops() const override { return false; }
  std::string shown(std::string_view text) const override { return redactor_.redact(text).text; }

  Verdict apply(Item& item) const override {
    RuleSet found = 0;
    const Redaction text = redactor_.redact(item.text());
    if (!text.kinds.empty()) item.set_text(text.text);
    note(text, found);
    for (const std::string& field : fields_) {
      const auto value = item.record().text(field);
      if (!value) continue;
      const Redaction redaction = redactor_.redact(*value);
      if (!redaction.kinds.empty()) item.record().set_text(field, redaction.text);
      note(redaction, found);
    }
    return Verdict::changes(found);
  }

 private:
  static void note(const Redaction& redaction, RuleSet& found) {
    static const auto kKinds = redaction_kinds();
    for (const std::string_view kind : redaction.kinds)
      found |= RuleSet{1} << (std::find(kKinds.begin(), kKinds.end(), kind) - kKinds.begin());
  }

  std::vector<std::string> fields_;
  Redactor redactor_;
};

}  // namespace

base::Result<std::unique_ptr<Operator>> make_redact_personal(const base::json::value& settings,
                                                             std::string_view path) {
  TRY(auto decoded, base::decode<Settings>(settings, path));
  const auto known = redaction_kinds();
  for (std::size_t i = 0; i < decoded.kinds.size(); ++i)
    if (std::find(known.begin(), known.end(), decoded.kinds[i]) == known.end())
      return base::usage("personal.kind",
                         fmt::format("there is no kind of personal data \"{}\"", decoded.kinds[i]),
                         fmt::format("{}.kinds[{}]", path, i),
                         fmt::format("name some of: {}", fmt::join(known, ", ")));
  if (decoded.style == RedactionStyle::kHash && decoded.salt.size() < 8)
    return base::usage("personal.salt",
                       "without a long salt, hashes of phone numbers are undone "
                       "by trying all of them",
                       fmt::format("{}.salt", path), "a secret of at least 8 characters");
  if (decoded.kinds.empty()) decoded.kinds.assign(known.begin(), known.end());
  return std::make_unique<RedactPersonal>(std::move(decoded));
}
base::json::value redact_personal_defaults() {
  return base::encode(Settings{});
}

}  // namespace fulcrum::data
