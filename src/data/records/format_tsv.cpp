#include "data/records/csv_format.h"

namespace fulcrum::data {

std::unique_ptr<Format> make_tsv_format() {
  return make_table_format('\t');
}

}  // namespace fulcrum::data
