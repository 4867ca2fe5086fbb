#pragma once
// A pillar of measurements: one command records ten readings, each an event and a row.
#include <memory>

#include "ledger/pillar.h"

namespace fulcrum::bench {

inline constexpr int kEventsPerCommand = 10;
/// "meter.record" {"meter": name, "value": integer}. Payloads are 150 to 200 bytes.
std::unique_ptr<ledger::Pillar> make_meter_pillar();

}  // namespace fulcrum::bench
