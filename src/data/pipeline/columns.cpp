#include "data/pipeline/columns.h"

#include <algorithm>

#include "data/pipeline/worker.h"

namespace fulcrum::data {

namespace {

/// Writes nothing and remembers the members' names.
class NameCollector final : public RecordWriter {
 public:
  explicit NameCollector(std::vector<std::string>& names) : names_(names) {}
  base::Status append(const Record& record, std::string&) override {
    for (const auto& member : record.members())
      if (std::find(names_.begin(), names_.end(), member.name) == names_.end())
        names_.emplace_back(member.name);
    return {};
  }

 private:
  std::vector<std::string>& names_;
};

}  // namespace

base::Result<std::vector<std::string>> output_columns(const Pipeline& pipeline,
                                                      const std::vector<Input>& inputs,
                                                      PieceLimits limits) {
  std::vector<std::string> names;
  Worker worker(pipeline, std::make_unique<NameCollector>(names), Packing::kNone, false);
  PieceReader reader(inputs, limits);
  while (names.empty()) {
    Piece piece;
    const auto any = reader.next(piece);
    if (!any && any.error().code == "file.read") return base::Failure(any.error());
    if (!any) continue;
    if (!*any) break;
    worker.run(piece, *inputs[piece.file].format);
  }
  return names;
}

}  // namespace fulcrum::data
