// Text as it was meant: encodings that went wrong are undone where that is certain, characters are
// written in one way, what nobody sees goes.
#include <boost/describe/class.hpp>

#include "base/codec.h"
#include "data/operators/operator.h"
#include "data/text/mojibake.h"
#include "data/text/normal_form.h"

namespace fulcrum::data {

namespace {

struct Settings {
  bool mojibake = true, nfc = true, zero_width = true, controls = true, line_ends = true,
       blanks = true;
};
BOOST_DESCRIBE_STRUCT(Settings, (), (mojibake, nfc, zero_width, controls, line_ends, blanks))

enum Rule : std::size_t { kMojibake, kNfc, kZeroWidth, kControls, kLineEnds, kBlanks };

class UnicodeRepair final : public Operator {
 public:
  explicit UnicodeRepair(Settings settings)
      : settings_(settings),
        characters_{settings.line_ends, settings.controls, settings.zero_width, settings.blanks} {}

  std::vector<std::string> rules() const override {
    return {"mojibake", "nfc", "zero_width", "controls", "line_ends", "blanks"};
  }
  bool only_drops() const override { return false; }

  Verdict apply(Item& item) const override {
    RuleSet did = 0;
    const auto note = [&](bool is_done, Rule rule) { did |= RuleSet{is_done} << rule; };
    if (settings_.mojibake) note(take(text::undo_mojibake(item.text()), item), kMojibake);
    text::CharacterRepairs done;
    take(text::repair_characters(item.text(), characters_, done), item);
    note(done.zero_width, kZeroWidth);
    note(done.controls, kControls);
    note(done.line_ends, kLineEnds);
    note(done.blanks, kBlanks);
    if (settings_.nfc) note(take(text::to_nfc(item.text()), item), kNfc);
    return Verdict::changes(did);
  }

 private:
  static bool take(const std::optional<std::string>& text, Item& item) {
    if (text) item.set_text(*text);
    return text.has_value();
  }

  Settings settings_;
  text::CharacterRepairs characters_;
};

}  // namespace

base::Result<std::unique_ptr<Operator>> make_unicode_repair(const base::json::value& settings,
                                                            std::string_view path) {
  TRY(auto decoded, base::decode<Settings>(settings, path));
  return std::make_unique<UnicodeRepair>(decoded);
}
base::json::value unicode_repair_defaults() {
  return base::encode(Settings{});
}

}  // namespace fulcrum::data
