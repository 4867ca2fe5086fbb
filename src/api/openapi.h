#pragma once
#include "base/json.h"
#include "ledger/pillar.h"

namespace fulcrum::api {

/// OpenAPI 3.1 description of every command, query and fixed route.
base::json::object openapi_of(const std::vector<std::unique_ptr<ledger::Pillar>>& pillars);

}  // namespace fulcrum::api
