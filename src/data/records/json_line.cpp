// simdjson's DOM and not its on-demand front: the DOM picks the processor's vector instructions
// when the program runs, and checks every byte of a line.
#include "data/records/json_line.h"

#include <simdjson.h>

namespace fulcrum::data {

namespace {

namespace dom = simdjson::dom;
static_assert(kLinePaddingBytes >= simdjson::SIMDJSON_PADDING);

}  // namespace

struct JsonLineParser::Impl {
  dom::parser parser;
  simdjson::internal::string_builder<> scratch;

  simdjson::error_code parse(std::string_view line, Record& record) {
    dom::element root;
    if (const auto code = parser.parse(line.data(), line.size(), false).get(root)) return code;
    dom::object object;
    if (const auto code = root.get_object().get(object)) return code;
    for (const dom::key_value_pair pair : object) {
      std::string_view text;
      if (pair.value.get_string().get(text) == simdjson::SUCCESS) {
        record.add_text(pair.key, text);
      } else {
        scratch.clear();
        scratch.append(pair.value);
        record.add_json(pair.key, scratch.str());
      }
    }
    return simdjson::SUCCESS;
  }
};

JsonLineParser::JsonLineParser() : impl_(std::make_unique<Impl>()) {}
JsonLineParser::~JsonLineParser() = default;

base::Status JsonLineParser::parse(std::string_view line, Record& record) {
  record.reset(line);
  if (const auto code = impl_->parse(line, record))
    return base::usage("record.json",
                       std::string("this is no JSON object: ") + simdjson::error_message(code), "",
                       "one JSON object a line; mend the line, or skip bad records");
  return {};
}

}  // namespace fulcrum::data
