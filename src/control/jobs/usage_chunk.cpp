#include "control/jobs/usage_chunk.h"

#include <algorithm>

#include "base/compress.h"
#include "base/hash.h"

namespace fulcrum::control {

namespace json = base::json;

base::Result<std::optional<json::object>> seal_usage(
    objects::Store& objects, const std::string& stream,
    const std::vector<exec::UsageSample>& samples) {
  if (samples.empty()) return std::optional<json::object>{};
  std::string lines;
  std::int64_t first_us = samples.front().time_us, last_us = first_us;
  for (const auto& sample : samples) {
    first_us = std::min(first_us, sample.time_us);
    last_us = std::max(last_us, sample.time_us);
    lines += base::to_text(json::object{{"time_us", sample.time_us},
                                        {"cpu_cores", sample.cpu_cores},
                                        {"memory_bytes", sample.memory_bytes},
                                        {"device_busy", sample.device_busy}}) +
             "\n";
  }
  TRY(const std::string frame, base::compress(lines));
  TRY(const std::string object, objects.put(frame));
  return std::optional(json::object{{"stream", stream},
                                    {"object", object},
                                    {"first_us", first_us},
                                    {"last_us", last_us},
                                    {"count", samples.size()},
                                    {"sha256", base::sha256_hex(lines)}});
}

}  // namespace fulcrum::control
