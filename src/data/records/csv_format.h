#pragma once
// What CSV and TSV share: a table with a header line.
#include <memory>

#include "data/records/format.h"

namespace fulcrum::data {

/// `delimiter` 0: guessed from the header line; written with a comma.
std::unique_ptr<Format> make_table_format(char delimiter);

}  // namespace fulcrum::data
