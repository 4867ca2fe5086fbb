#pragma once
// Which columns a table has that a pipeline writes.
#include <string>
#include <vector>

#include "base/result.h"
#include "data/pipeline/pipeline.h"
#include "data/records/piece_reader.h"

namespace fulcrum::data {

/// Every member of the records that come out of the first piece from which any does, in the order
/// in which they are met. What cannot be read is passed over. Depends on inputs, pipeline and
/// limits alone.
base::Result<std::vector<std::string>> output_columns(const Pipeline& pipeline,
                                                      const std::vector<Input>& inputs,
                                                      PieceLimits limits);

}  // namespace fulcrum::data
