#include "sched/trace/trace.h"

namespace fulcrum::sched {

TraceReader find_trace_format(std::string_view name) {
#define FORMAT(format, summary) \
  if (name == #format) return read_##format;
#include "sched/trace/formats.def"
#undef FORMAT
  return nullptr;
}

std::vector<std::string_view> trace_format_names() {
  return {
#define FORMAT(format, summary) #format,
#include "sched/trace/formats.def"
#undef FORMAT
  };
}

}  // namespace fulcrum::sched
