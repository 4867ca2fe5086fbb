#include "data/records/csv_format.h"

namespace fulcrum::data {

std::unique_ptr<Format> make_csv_format() {
  return make_table_format(0);
}

}  // namespace fulcrum::data
