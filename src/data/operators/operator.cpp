#include "data/operators/operator.h"

#include <fmt/format.h>

#include "base/spelling.h"

namespace fulcrum::data {

std::vector<OperatorInfo> operators() {
  return {
#define OPERATOR(name, summary) {#name, summary, name##_defaults()},
#include "data/operators/operators.def"
#undef OPERATOR
  };
}

base::Result<std::unique_ptr<Operator>> make_operator(std::string_view name,
                                                      const base::json::value& settings,
                                                      std::string_view path) {
#define OPERATOR(known, summary) \
  if (name == #known) return make_##known(settings, path);
#include "data/operators/operators.def"
#undef OPERATOR
  std::vector<std::string_view> known{
#define OPERATOR(name, summary) #name,
#include "data/operators/operators.def"
#undef OPERATOR
  };
  const std::string near = base::nearest(name, known);
  return base::usage(
      "operator.unknown", fmt::format("there is no operator \"{}\"", name), std::string(path),
      near.empty() ? "`fulcrum data ops` lists them" : fmt::format("did you mean \"{}\"?", near));
}

}  // namespace fulcrum::data
