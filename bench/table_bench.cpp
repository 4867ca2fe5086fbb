// Reading a table and finding its errors, by stage. One JSON line a figure; the reference is
// reading the same file's records without keeping them.
//   table_bench [rows]
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/text_reader.h"
#include "data/tables/detect.h"
#include "measure.h"
#include "support/made_table.h"

namespace {

using namespace fulcrum;
using namespace fulcrum::data::tables;

double cpu_s(const std::function<void()>& work) {
  const std::clock_t begin = std::clock();
  work();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

void print(std::string_view stage, std::size_t rows, double seconds, double reference_s) {
  fmt::print(
      "{{\"bench\":\"data.tables.{}\",\"rows\":{},\"cpu_s\":{:.3f},\"rows_per_cpu_s\":{:.0f},"
      "\"ratio\":{:.2f}}}\n",
      stage, rows, seconds, static_cast<double>(rows) / std::max(seconds, 1e-6),
      seconds / reference_s);
}

}  // namespace

int main(int argc, char** argv) {
  const auto rows = static_cast<std::size_t>(argc > 1 ? std::atoll(argv[1]) : 1'000'000);
  const auto path = std::filesystem::temp_directory_path() / "fulcrum_table_bench.csv";
  bench::must(base::write_file(path, to_csv(make_table(3, rows, 0.02).dirty)));
  const double scan_s = cpu_s([&] {
    auto reader = bench::must(base::CsvReader::open(path));
    std::vector<std::string> fields;
    while (bench::must(reader.next(fields))) {
    }
  });
  Table table;
  print("read", rows, cpu_s([&] { table = bench::must(read_table(path)); }), scan_s);
  std::filesystem::remove(path);
  std::vector<ColumnType> types;
  std::vector<std::vector<bool>> missing;
  print("types", rows, cpu_s([&] { types = types_of(table); }), scan_s);
  for (const Column& column : table.columns) missing.push_back(missing_codes(column));
  for (const Detector& detector : detectors()) {
    TextPool texts;
    Evidence evidence(table.columns.size());
    const DetectorInput input{table, types, missing, {}, texts};
    print(fmt::format("detect.{}", detector.name), rows,
          cpu_s([&] { detector.run(input, evidence); }), scan_s);
  }
  DetectOptions options;
  options.threads = 1;
  print("detect", rows, cpu_s([&] { static_cast<void>(detect(table, options)); }), scan_s);
  return 0;
}
